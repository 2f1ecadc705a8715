/* Roomful's native protocol, version 1: JSON objects, in frames over TCP, in text messages over
 * WebSocket. `hello` and `login` (a new guest) are sent together, `join` after their replies.
 *
 * Replies are found by their "re": 1 hello, 2 login, 3 join; posts have higher ids. What is
 * looked for can stand in no other place of an object: a payload of ours holds no quotation mark. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <unistd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LAST_SETUP_ID 3
#define OP_TEXT 1

/* ---- objects ----------------------------------------------------------------- */

static bool has(const char *p, size_t n, const char *what)
{
    return memmem(p, n, what, strlen(what)) != NULL;
}

/* An event's payload is the value of "text"; events that are no messages have none. */
static void event(struct conn *c, char *p, size_t n, int64_t now)
{
    static const char text[] = "\"text\":\"";
    char *s = memmem(p, n, text, sizeof text - 1);
    if (!s)
        return;
    s += sizeof text - 1;
    char *end = memchr(s, '"', (size_t)(p + n - s));
    if (end)
        on_payload(c, s, (size_t)(end - s), now);
}

static void object(struct conn *c, char *p, size_t n, int64_t now)
{
    if (has(p, n, "\"type\":\"event\""))
        event(c, p, n, now);
    else if (has(p, n, "\"type\":\"error\"") || has(p, n, "\"type\":\"goodbye\""))
        conn_fail(c, "refused", p, n);
    else if (c->state == ST_REGISTERING && has(p, n, "\"re\":2,"))
        on_registered(c);
    else if (c->state == ST_JOINING && has(p, n, "\"re\":3,"))
        on_ready(c);
}

typedef void put_message(struct buf *b, const char *p, size_t n);

static void __attribute__((format(printf, 3, 4))) put(struct buf *b, put_message *wrap, const char *fmt, ...)
{
    char t[200];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(t, sizeof t, fmt, ap);
    va_end(ap);
    wrap(b, t, (size_t)n);
}

static void login(struct conn *c, put_message *wrap)
{
    static struct buf b;
    b.len = 0;
    put(&b, wrap, "{\"type\":\"hello\",\"id\":1,\"protocol\":1,\"agent\":\"loadgen\"}");
    put(&b, wrap, "{\"type\":\"login\",\"id\":2,\"nick\":\"n%x-%06u\"}", (unsigned)getpid(), c->id);
    conn_write(c, b.p, b.len);
}

static void join(struct conn *c, put_message *wrap)
{
    static struct buf b;
    b.len = 0;
    put(&b, wrap, "{\"type\":\"join\",\"id\":3,\"room\":\"#r%u\"}", c->room);
    conn_write(c, b.p, b.len);
}

/* Neither ids nor nonces repeat within a run. */
static void post(struct conn *c, struct buf *b, put_message *wrap, const char *payload, size_t n)
{
    static uint32_t serial;
    static struct buf t;
    char head[160];
    serial++;
    int k = snprintf(head, sizeof head, "{\"type\":\"post\",\"id\":%u,\"room\":\"#r%u\",\"nonce\":\"%u-%u\",\"text\":\"",
                     serial + LAST_SETUP_ID, c->room, c->id, serial);
    t.len = 0;
    buf_add(&t, head, (size_t)k);
    buf_add(&t, payload, n);
    buf_add(&t, "\"}", 2);
    wrap(b, t.p, t.len);
}

/* ---- over TCP ------------------------------------------------------------------- */

static void tcp_hello(struct conn *c)
{
    login(c, frame_put);
}

static void tcp_join(struct conn *c)
{
    join(c, frame_put);
}

static size_t tcp_parse(struct conn *c, char *p, size_t n, int64_t now)
{
    return frame_each(c, p, n, now, object);
}

static void tcp_encode(struct conn *c, struct buf *b, const char *payload, size_t n)
{
    post(c, b, frame_put, payload, n);
}

const struct codec native_codec = {"native", true, tcp_hello, tcp_join, tcp_parse, tcp_encode};

/* ---- over WebSocket --------------------------------------------------------------- */

static void put_text(struct buf *b, const char *p, size_t n)
{
    ws_put(b, OP_TEXT, p, n);
}

static void web_hello(struct conn *c)
{
    ws_open(c, "/ws");
}

static void web_join(struct conn *c)
{
    join(c, put_text);
}

static void web_message(struct conn *c, char *p, size_t n, int64_t now)
{
    if (p)
        object(c, p, n, now);
    else
        login(c, put_text);
}

static size_t web_parse(struct conn *c, char *p, size_t n, int64_t now)
{
    return ws_each(c, p, n, now, web_message);
}

static void web_encode(struct conn *c, struct buf *b, const char *payload, size_t n)
{
    post(c, b, put_text, payload, n);
}

const struct codec native_ws_codec = {"native-ws", true, web_hello, web_join, web_parse, web_encode};
