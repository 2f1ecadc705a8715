/* WebSocket, plain and under Socket.IO. Plain: text messages; the first names the room, and the
 * server answers "+". Socket.IO (Engine.IO 4, WebSocket only): events "join", "+" and "m". */
#define _GNU_SOURCE
#include "loadgen.h"

#include <stdio.h>
#include <string.h>

enum { OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

/* ---- frames ----------------------------------------------------------------- */

void ws_open(struct conn *c, const char *path)
{
    char t[320];
    int n = snprintf(t, sizeof t,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: bG9hZGdlbi1sb2FkZ2VuIQ==\r\n"
                     "Sec-WebSocket-Version: 13\r\n\r\n", path);
    conn_write(c, t, (size_t)n);
}

/* A client's frames are masked (RFC 6455, section 5.3); the key need not be secret here. */
void ws_put(struct buf *b, unsigned op, const char *p, size_t n)
{
    static uint32_t mask = 0x9e3779b9;
    unsigned char h[4] = {(unsigned char)(0x80 | op)};
    size_t k = 2;
    mask = mask * 1664525 + 1013904223;
    if (n < 126) {
        h[1] = (unsigned char)(0x80 | n);
    } else {
        h[1] = 0x80 | 126;
        h[2] = (unsigned char)(n >> 8);
        h[3] = (unsigned char)n;
        k = 4;
    }
    buf_add(b, h, k);
    buf_add(b, &mask, sizeof mask);
    size_t at = b->len;
    buf_add(b, p, n);
    const unsigned char *m = (const unsigned char *)&mask;
    for (size_t i = 0; i < n; i++)
        b->p[at + i] ^= (char)m[i & 3];
}

void ws_send(struct conn *c, unsigned op, const char *p, size_t n)
{
    static struct buf t;
    t.len = 0;
    ws_put(&t, op, p, n);
    conn_write(c, t.p, t.len);
}

/* The size of the head and body of the frame at p; 0 if more bytes are needed to tell. */
static size_t ws_head(const unsigned char *p, size_t n, size_t *body)
{
    size_t extra = 0;
    if (n < 2)
        return 0;
    *body = p[1] & 127;
    if (*body >= 126)
        extra = *body == 126 ? 2 : 8;
    if (n < 2 + extra)
        return 0;
    if (extra)
        *body = 0;
    for (size_t i = 0; i < extra; i++)
        *body = *body << 8 | p[2 + i];
    return 2 + extra;
}

/* The server's answer to the upgrade; the bytes it takes, 0 while it is incomplete. */
static size_t ws_upgraded(struct conn *c, char *p, size_t n)
{
    char *end = memmem(p, n, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (n < 12 || memcmp(p + 9, "101", 3))
        conn_fail(c, "WebSocket handshake refused", p, n < 60 ? n : 60);
    c->step = 1;
    return (size_t)(end - p) + 4;
}

size_t ws_each(struct conn *c, char *p, size_t n, int64_t now, message_handler *message)
{
    size_t at = 0, head, len;
    if (c->step == 0) {
        at = ws_upgraded(c, p, n);
        if (at && c->state != ST_DEAD)
            message(c, NULL, 0, now);
    }
    while (c->step && c->state != ST_DEAD && (head = ws_head((unsigned char *)p + at, n - at, &len))) {
        if (n - at - head < len)
            break;
        unsigned op = (unsigned char)p[at] & 15;
        char *body = p + at + head;
        if (op == OP_TEXT || op == OP_BINARY)
            message(c, body, len, now);
        else if (op == OP_PING)
            ws_send(c, OP_PONG, body, len);
        else if (op == OP_CLOSE)
            conn_fail(c, "WebSocket close", body, len);
        at += head + len;
    }
    return at;
}

/* ---- plain messages ------------------------------------------------------------ */

static void plain_hello(struct conn *c)
{
    ws_open(c, "/");
}

static void plain_message(struct conn *c, char *p, size_t n, int64_t now)
{
    if (!p)
        on_registered(c);
    else if (c->state == ST_JOINING && n == 1 && *p == '+')
        on_ready(c);
    else
        on_payload(c, p, n, now);
}

static size_t plain_parse(struct conn *c, char *p, size_t n, int64_t now)
{
    return ws_each(c, p, n, now, plain_message);
}

static void plain_join(struct conn *c)
{
    char room[16];
    int n = snprintf(room, sizeof room, "r%u", c->room);
    ws_send(c, OP_TEXT, room, (size_t)n);
}

static void plain_encode(struct conn *c, struct buf *b, const char *payload, size_t n)
{
    (void)c;
    ws_put(b, OP_TEXT, payload, n);
}

const struct codec ws_codec = {"ws", false, plain_hello, plain_join, plain_parse, plain_encode};

/* ---- Socket.IO ------------------------------------------------------------------- */

static void sio_hello(struct conn *c)
{
    ws_open(c, "/socket.io/?EIO=4&transport=websocket");
}

static void sio_message(struct conn *c, char *p, size_t n, int64_t now)
{
    if (n == 0)
        return;
    if (*p == '0')
        ws_send(c, OP_TEXT, "40", 2);
    else if (*p == '2')
        ws_send(c, OP_TEXT, "3", 1);
    else if (n >= 2 && p[0] == '4' && p[1] == '0' && c->state == ST_REGISTERING)
        on_registered(c);
    else if (n >= 5 && !memcmp(p, "42[\"+", 5) && c->state == ST_JOINING)
        on_ready(c);
    else if (n > 10 && !memcmp(p, "42[\"m\",\"", 8))
        on_payload(c, p + 8, n - 10, now);
}

static size_t sio_parse(struct conn *c, char *p, size_t n, int64_t now)
{
    return ws_each(c, p, n, now, sio_message);
}

static void sio_join(struct conn *c)
{
    char t[40];
    int n = snprintf(t, sizeof t, "42[\"join\",\"r%u\"]", c->room);
    ws_send(c, OP_TEXT, t, (size_t)n);
}

static void sio_encode(struct conn *c, struct buf *b, const char *payload, size_t n)
{
    (void)c;
    static struct buf t;
    t.len = 0;
    buf_add(&t, "42[\"m\",\"", 8);
    buf_add(&t, payload, n);
    buf_add(&t, "\"]", 2);
    ws_put(b, OP_TEXT, t.p, t.len);
}

const struct codec sio_codec = {"sio", false, sio_hello, sio_join, sio_parse, sio_encode};
