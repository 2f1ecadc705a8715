/* Message brokers: NATS core, and MQTT 3.1.1 at QoS 0. A room is a subject or topic. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- NATS ------------------------------------------------------------------ */

static void nats_hello(struct conn *c) { (void)c; /* the server speaks first: INFO */ }

static void nats_join(struct conn *c)
{
    char t[64];
    int n = snprintf(t, sizeof t, "SUB r%u 1\r\nPING\r\n", c->room);
    conn_write(c, t, (size_t)n);
}

static size_t nats_parse(struct conn *c, char *p, size_t n, int64_t now)
{
    size_t at = 0;
    while (at < n && c->state != ST_DEAD) {
        char *s = p + at, *nl = memchr(s, '\n', n - at);
        if (!nl)
            break;
        size_t line = (size_t)(nl - s) + 1;
        if (*s == 'M') {  /* MSG <subject> <sid> <bytes>\r\n<payload>\r\n */
            char *d = nl - 1;
            while (d > s && d[-1] != ' ')
                d--;
            size_t len = (size_t)atoi(d);
            if (n - at < line + len + 2)
                break;
            on_payload(c, nl + 1, len, now);
            line += len + 2;
        } else if (!strncmp(s, "INFO", 4)) {
            static const char hi[] = "CONNECT {\"verbose\":false,\"pedantic\":false,"
                                     "\"echo\":false,\"name\":\"load\"}\r\nPING\r\n";
            if (c->step++ == 0)
                conn_write(c, hi, sizeof hi - 1);
        } else if (!strncmp(s, "PING", 4)) {
            conn_write(c, "PONG\r\n", 6);
        } else if (!strncmp(s, "PONG", 4)) {
            if (c->state == ST_REGISTERING)
                on_registered(c);
            else if (c->state == ST_JOINING)
                on_ready(c);
        } else if (*s == '-') {
            conn_fail(c, "NATS error", s, line);
        }
        at += line;
    }
    return at;
}

static void nats_encode(struct conn *c, struct buf *b, const char *pl, size_t n)
{
    char t[48];
    int k = snprintf(t, sizeof t, "PUB r%u %zu\r\n", c->room, n);
    buf_add(b, t, (size_t)k);
    buf_add(b, pl, n);
    buf_add(b, "\r\n", 2);
}

const struct codec nats_codec = {"nats", false, nats_hello, nats_join, nats_parse, nats_encode};

/* ---- MQTT ------------------------------------------------------------------ */

static void mqtt_hello(struct conn *c)
{
    char t[64] = {0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0};
    int id = snprintf(t + 14, 32, "n%06u", c->id);
    t[13] = (char)id;
    t[1] = (char)(12 + id);
    conn_write(c, t, 14 + (size_t)id);
}

static void mqtt_join(struct conn *c)
{
    char t[64] = {(char)0x82, 0, 0, 1, 0};
    int k = snprintf(t + 6, 32, "r%u", c->room);
    t[5] = (char)k;
    t[6 + k] = 0;
    t[1] = (char)(5 + k);
    conn_write(c, t, 7 + (size_t)k);
}

static size_t mqtt_parse(struct conn *c, char *p, size_t n, int64_t now)
{
    size_t at = 0;
    while (n - at >= 2 && c->state != ST_DEAD) {
        unsigned char *h = (unsigned char *)p + at;
        size_t len = 0, head = 1, sh = 0;
        do {
            if (at + head >= n)
                return at;
            len |= (size_t)(h[head] & 127) << sh;
            sh += 7;
        } while (h[head++] & 128);
        if (n - at - head < len)
            break;
        unsigned char *body = h + head;
        switch (h[0] >> 4) {
        case 2:
            if (body[1])
                conn_fail(c, "MQTT CONNACK refusal", "", 0);
            else
                on_registered(c);
            break;
        case 9:
            on_ready(c);
            break;
        case 3: {
            size_t topic = (size_t)body[0] << 8 | body[1];
            on_payload(c, (char *)body + 2 + topic, len - 2 - topic, now);
            break;
        }
        }
        at += head + len;
    }
    return at;
}

static void mqtt_encode(struct conn *c, struct buf *b, const char *pl, size_t n)
{
    char r[16];
    unsigned char h[8];
    int k = snprintf(r, sizeof r, "r%u", c->room), i = 0;
    size_t len = 2 + (size_t)k + n;
    h[i++] = 0x30;
    for (; len >= 128; len >>= 7)
        h[i++] = (unsigned char)(len | 128);
    h[i++] = (unsigned char)len;
    h[i++] = 0;
    h[i++] = (unsigned char)k;
    buf_add(b, h, (size_t)i);
    buf_add(b, r, (size_t)k);
    buf_add(b, pl, n);
}

const struct codec mqtt_codec = {"mqtt", true, mqtt_hello, mqtt_join, mqtt_parse, mqtt_encode};
