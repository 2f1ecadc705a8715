/* Frames: a 4-byte big-endian length, then the body. The first frame names the room, and the
 * server answers with a frame "+"; every later one is broadcast verbatim to the other members. */
#include "loadgen.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_FRAME (1 << 20)

void frame_put(struct buf *b, const char *p, size_t n)
{
    uint32_t be = htonl((uint32_t)n);
    buf_add(b, &be, sizeof be);
    buf_add(b, p, n);
}

size_t frame_each(struct conn *c, char *p, size_t n, int64_t now, message_handler *message)
{
    size_t at = 0;
    while (n - at >= 4 && c->state != ST_DEAD) {
        uint32_t be;
        memcpy(&be, p + at, sizeof be);
        size_t len = ntohl(be);
        if (len > LONGEST_FRAME)
            conn_fail(c, "frame too long", p + at, 4);
        if (n - at - 4 < len)
            break;
        message(c, p + at + 4, len, now);
        at += 4 + len;
    }
    return at;
}

static void frame_hello(struct conn *c)
{
    on_registered(c);
}

static void frame_join(struct conn *c)
{
    static struct buf b;
    char room[16];
    b.len = 0;
    frame_put(&b, room, (size_t)snprintf(room, sizeof room, "r%u", c->room));
    conn_write(c, b.p, b.len);
}

static void frame_message(struct conn *c, char *p, size_t n, int64_t now)
{
    if (c->state == ST_JOINING && n == 1 && *p == '+')
        on_ready(c);
    else
        on_payload(c, p, n, now);
}

static size_t frame_parse(struct conn *c, char *p, size_t n, int64_t now)
{
    return frame_each(c, p, n, now, frame_message);
}

static void frame_encode(struct conn *c, struct buf *b, const char *payload, size_t n)
{
    (void)c;
    frame_put(b, payload, n);
}

const struct codec frame_codec = {"frame", false, frame_hello, frame_join, frame_parse, frame_encode};
