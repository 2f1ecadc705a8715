/* IRC: NICK and USER, 376 or 422, JOIN #rN, 366; PRIVMSG; answers PING. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void irc_hello(struct conn *c)
{
    char t[96];
    int n = snprintf(t, sizeof t, "NICK n%06u\r\nUSER u%06u 0 * :load\r\n", c->id, c->id);
    conn_write(c, t, (size_t)n);
}

static void irc_join(struct conn *c)
{
    char t[48];
    int n = snprintf(t, sizeof t, "JOIN #r%u\r\n", c->room);
    conn_write(c, t, (size_t)n);
}

static void irc_line(struct conn *c, char *p, size_t n, int64_t now)
{
    char *end = p + n, *cmd = p;
    if (*p == ':') {
        cmd = memchr(p, ' ', n);
        if (!cmd)
            return;
        cmd++;
    }
    size_t left = (size_t)(end - cmd);
    if (left > 8 && !memcmp(cmd, "PRIVMSG ", 8)) {
        char *colon = memchr(cmd + 8, ':', left - 8);
        if (colon)
            on_payload(c, colon + 1, (size_t)(end - colon - 1), now);
    } else if (left >= 5 && !memcmp(cmd, "PING ", 5)) {
        char t[512];
        int k = snprintf(t, sizeof t, "PONG %.*s\r\n", (int)(left - 5), cmd + 5);
        conn_write(c, t, (size_t)k);
    } else if (left > 4 && cmd[3] == ' ' && c->state != ST_READY) {
        int num = atoi(cmd);
        if ((num == 376 || num == 422) && c->state == ST_REGISTERING)
            on_registered(c);
        else if (num == 366 && c->state == ST_JOINING)
            on_ready(c);
        else if (num >= 400 && num < 600 && num != 422)
            conn_fail(c, "IRC error reply", p, n);
    } else if (left >= 6 && !memcmp(cmd, "ERROR ", 6)) {
        conn_fail(c, "IRC ERROR", p, n);
    }
}

static size_t irc_parse(struct conn *c, char *p, size_t n, int64_t now)
{
    char *s = p, *end = p + n;
    while (s < end && c->state != ST_DEAD) {
        char *nl = memchr(s, '\n', (size_t)(end - s));
        if (!nl)
            break;
        size_t len = (size_t)(nl - s);
        if (len && s[len - 1] == '\r')
            len--;
        if (len)
            irc_line(c, s, len, now);
        s = nl + 1;
    }
    return (size_t)(s - p);
}

static void irc_encode(struct conn *c, struct buf *b, const char *pl, size_t n)
{
    char t[48];
    int k = snprintf(t, sizeof t, "PRIVMSG #r%u :", c->room);
    buf_add(b, t, (size_t)k);
    buf_add(b, pl, n);
    buf_add(b, "\r\n", 2);
}

const struct codec irc_codec = {"irc", false, irc_hello, irc_join, irc_parse, irc_encode};
