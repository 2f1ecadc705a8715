/* Connections: non-blocking sockets in one epoll set. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define READ_SIZE (256 * 1024)
#define LONGEST_MESSAGE (1 << 17)

struct crowd crowd;
static int epoll;
static char readbuf[LONGEST_MESSAGE + READ_SIZE];

static void want_out(struct conn *c, bool on)
{
    if (c->want_out == on)
        return;
    c->want_out = on;
    struct epoll_event ev = {.events = EPOLLIN | (on ? EPOLLOUT : 0u), .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &ev);
}

void conn_fail(struct conn *c, const char *why, const char *detail, size_t n)
{
    if (c->state == ST_DEAD)
        return;
    if (!crowd.first_error[0])
        snprintf(crowd.first_error, sizeof crowd.first_error, "conn %u: %s: %.*s", c->id, why,
                 (int)(n < 120 ? n : 120), detail);
    c->state = ST_DEAD;
    crowd.dead++;
    epoll_ctl(epoll, EPOLL_CTL_DEL, c->fd, NULL);
    close(c->fd);
    c->fd = -1;
}

static void fail_errno(struct conn *c, const char *why, int error)
{
    const char *text = strerror(error);
    conn_fail(c, why, text, strlen(text));
}

/* ---- writing ---------------------------------------------------------------- */

void conn_write(struct conn *c, const void *p, size_t n)
{
    if (c->state == ST_DEAD)
        return;
    if (c->out.len == 0) {
        ssize_t k = send(c->fd, p, n, MSG_NOSIGNAL);
        if (k < 0 && errno != EAGAIN) {
            fail_errno(c, "send", errno);
            return;
        }
        if (k == (ssize_t)n)
            return;
        if (k > 0) {
            p = (const char *)p + k;
            n -= (size_t)k;
        }
    }
    buf_add(&c->out, p, n);
    want_out(c, true);
}

static void conn_flush(struct conn *c)
{
    ssize_t k = send(c->fd, c->out.p, c->out.len, MSG_NOSIGNAL);
    if (k < 0) {
        if (errno != EAGAIN)
            fail_errno(c, "send", errno);
        return;
    }
    c->out.len -= (size_t)k;
    memmove(c->out.p, c->out.p + k, c->out.len);
    if (c->out.len == 0)
        want_out(c, false);
}

/* ---- reading ---------------------------------------------------------------- */

static void conn_read(struct conn *c)
{
    size_t have = c->in.len;
    if (have > LONGEST_MESSAGE) {
        conn_fail(c, "message too long", "", 0);
        return;
    }
    if (have)
        memcpy(readbuf, c->in.p, have);
    ssize_t k = recv(c->fd, readbuf + have, READ_SIZE, 0);
    if (k < 0 && errno == EAGAIN)
        return;
    if (k < 0) {
        fail_errno(c, "recv", errno);
        return;
    }
    if (k == 0) {
        conn_fail(c, "closed by server", "", 0);
        return;
    }
    size_t n = have + (size_t)k;
    size_t used = opt.codec->parse(c, readbuf, n, now_ns());
    c->in.len = 0;
    if (used < n && c->state != ST_DEAD)
        buf_add(&c->in, readbuf + used, n - used);
}

/* ---- connecting -------------------------------------------------------------- */

static void bind_source(struct conn *c)
{
    int one = 1;
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + c->id % opt.src);
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from))
        die("bind: %s", strerror(errno));
}

static void conn_start(struct conn *c)
{
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        die("socket: %s (raise ulimit -n)", strerror(errno));
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (opt.src > 1)
        bind_source(c);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port)};
    if (inet_pton(AF_INET, opt.host, &to.sin_addr) != 1)
        die("%s is not an IPv4 address", opt.host);
    c->state = ST_CONNECTING;
    c->want_out = true;
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &ev);
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)
        fail_errno(c, "connect", errno);
}

static void conn_connected(struct conn *c)
{
    int error = 0;
    socklen_t n = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n);
    if (error) {
        fail_errno(c, "connect", error);
        return;
    }
    c->state = ST_REGISTERING;
    want_out(c, false);
    opt.codec->hello(c);
}

void on_registered(struct conn *c)
{
    if (c->state != ST_REGISTERING)
        return;
    c->state = ST_JOINING;
    if (opt.no_join)
        on_ready(c);
    else
        opt.codec->join(c);
}

void on_ready(struct conn *c)
{
    if (c->state != ST_JOINING)
        return;
    c->state = ST_READY;
    crowd.ready++;
}

/* ---- all of them --------------------------------------------------------------- */

void crowd_make(void)
{
    crowd.count = opt.rooms * opt.members;
    crowd.all = zeroed(crowd.count, sizeof *crowd.all);
    struct track *tracks = zeroed((size_t)crowd.count * opt.senders + 1, sizeof *tracks);
    for (unsigned i = 0; i < crowd.count; i++) {
        struct conn *c = &crowd.all[i];
        c->fd = -1;
        c->id = i;
        c->room = i / opt.members;
        c->member = i % opt.members;
        c->sender = c->member < opt.senders ? (int32_t)c->member : -1;
        c->track = tracks + (size_t)i * opt.senders;
    }
    epoll = epoll_create1(EPOLL_CLOEXEC);
}

double crowd_connect(void)
{
    int64_t t0 = now_ns();
    while (crowd.ready < crowd.count) {
        while (crowd.started < crowd.count && crowd.started - crowd.ready < opt.inflight)
            conn_start(&crowd.all[crowd.started++]);
        if (crowd.dead)
            die("setup failed: %s", crowd.first_error);
        if (now_ns() - t0 > (int64_t)(opt.setup_timeout * 1e9))
            die("setup timed out: %u of %u ready", crowd.ready, crowd.count);
        step(100000000);
    }
    return (double)(now_ns() - t0) / 1e9;
}

void step(int64_t timeout_ns)
{
    static struct epoll_event ev[1024];
    if (timeout_ns < 0)
        timeout_ns = 0;
    struct timespec ts = {timeout_ns / 1000000000, timeout_ns % 1000000000};
    int n = epoll_pwait2(epoll, ev, 1024, &ts, NULL);
    for (int i = 0; i < n; i++) {
        struct conn *c = ev[i].data.ptr;
        if (c->state == ST_CONNECTING) {
            if (ev[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
                conn_connected(c);
            continue;
        }
        if (c->state != ST_DEAD && ev[i].events & EPOLLOUT)
            conn_flush(c);
        if (c->state != ST_DEAD && ev[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
            conn_read(c);
    }
}

void idle(double seconds)
{
    int64_t end = now_ns() + (int64_t)(seconds * 1e9), now;
    while ((now = now_ns()) < end)
        step(end - now);
}
