/* Sending, and accounting for every delivery. */
#include "loadgen.h"

#include <string.h>
#include <stdlib.h>
#include <sys/resource.h>

static unsigned fanout;       /* deliveries that each message must cause */
static bool in_phase;
static struct conn **order;   /* all senders */
static unsigned nsenders;
static struct conn **waiting; /* saturating senders whose window may have room */
static unsigned nwaiting;

/* Over the whole run; a phase's own figures are differences. */
static struct {
    uint64_t sent, delivered, dups, reordered, foreign;
    int64_t last_delivery, last_move;
} total;
static struct hist latency; /* of the phase */

static struct buf outbox;
static char payload[1 << 16];

void traffic_make(void)
{
    fanout = opt.members - (opt.codec->echo ? 0 : 1);
    nsenders = opt.rooms * opt.senders;
    order = zeroed(nsenders + 1, sizeof *order);
    waiting = zeroed(nsenders + 1, sizeof *waiting);
    /* Senders of different rooms alternate, so that a fixed rate loads rooms evenly. */
    unsigned k = 0;
    for (unsigned m = 0; m < opt.senders; m++)
        for (unsigned room = 0; room < opt.rooms; room++)
            order[k++] = &crowd.all[room * opt.members + m];
    memset(payload, 'x', sizeof payload);
    memcpy(payload, "LG", 2);
}

/* ---- payloads: "LG" + 16 hex ns + 8 hex connection + 8 hex sequence + padding -- */

static void put_hex(char *p, uint64_t v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v >>= 4)
        p[i] = "0123456789abcdef"[v & 15];
}

static uint64_t get_hex(const char *p, int digits)
{
    uint64_t v = 0;
    for (int i = 0; i < digits; i++)
        v = v << 4 | (uint64_t)((p[i] & 15) + (p[i] >> 6) * 9);
    return v;
}

static void message(struct conn *c, int64_t stamp)
{
    put_hex(payload + 2, (uint64_t)stamp, 16);
    put_hex(payload + 18, c->id, 8);
    put_hex(payload + 26, c->sent, 8);
    opt.codec->encode(c, &outbox, payload, opt.size);
    c->sent++;
    total.sent++;
}

static void send_outbox(struct conn *c, int64_t now)
{
    total.last_move = now;
    conn_write(c, outbox.p, outbox.len);
    outbox.len = 0;
}

/* ---- receiving ------------------------------------------------------------------ */

/* Note that `seq` has arrived; false if it had before, or is too old to tell. */
static bool first_time(struct track *t, uint32_t seq)
{
    if (seq >= t->next) {
        uint32_t ahead = seq - t->next + 1;
        t->seen = ahead < 64 ? t->seen << ahead | 1 : 1;
        t->next = seq + 1;
        return true;
    }
    uint32_t back = t->next - 1 - seq;
    if (back >= 64 || t->seen >> back & 1)
        return false;
    t->seen |= 1ull << back;
    total.reordered++;
    return true;
}

static void enqueue(struct conn *c)
{
    if (!c->queued) {
        c->queued = true;
        waiting[nwaiting++] = c;
    }
}

void on_payload(struct conn *c, const char *p, size_t n, int64_t now)
{
    if (n != opt.size || p[0] != 'L' || p[1] != 'G') {
        total.foreign++;
        return;
    }
    uint64_t id = get_hex(p + 18, 8);
    struct conn *s = id < crowd.count ? &crowd.all[id] : NULL;
    if (!s || s->sender < 0 || s->room != c->room) {
        total.foreign++;
        return;
    }
    if (!first_time(&c->track[s->sender], (uint32_t)get_hex(p + 26, 8))) {
        total.dups++;
        return;
    }
    hist_add(&latency, now - (int64_t)get_hex(p + 2, 16));
    total.delivered++;
    total.last_delivery = total.last_move = now;
    s->delivered++;
    if (in_phase && opt.rate == 0)
        enqueue(s);
}

/* ---- a phase --------------------------------------------------------------------- */

/* Closed loop: keep up to `window` messages' worth of deliveries of this sender outstanding. */
static void fill_window(struct conn *c)
{
    int64_t now = 0;
    while (c->sent < c->target &&
           (uint64_t)c->sent * fanout - c->delivered <= (uint64_t)(opt.window - 1) * fanout) {
        if (!now)
            now = now_ns();
        message(c, now);
    }
    if (outbox.len)
        send_outbox(c, now);
}

static void send_windows(void)
{
    unsigned n = nwaiting; /* fill_window adds none: a sender waits again when something of it arrives */
    nwaiting = 0;
    for (unsigned i = 0; i < n; i++) {
        waiting[i]->queued = false;
        fill_window(waiting[i]);
    }
}

/* Open loop: send what is due since `start`; nanoseconds until the next message is. */
static int64_t send_due(uint64_t *next, uint64_t end, int64_t start, int64_t now)
{
    for (; *next < end; ++*next) {
        int64_t due = start + (int64_t)((double)*next * 1e9 / opt.rate);
        if (due > now)
            return due - now;
        struct conn *c = order[*next % nsenders];
        message(c, due); /* stamped with the intended time: a late send counts as latency */
        send_outbox(c, now);
    }
    return 100000000;
}

static void stop_sending(void)
{
    in_phase = false;
    for (unsigned i = 0; i < nwaiting; i++)
        waiting[i]->queued = false;
    nwaiting = 0;
}

static void start_sending(unsigned msgs, int64_t now)
{
    memset(&latency, 0, sizeof latency);
    total.last_delivery = total.last_move = now;
    in_phase = true;
    for (unsigned i = 0; i < nsenders; i++) {
        order[i]->target = order[i]->sent + msgs;
        if (opt.rate == 0)
            enqueue(order[i]);
    }
}

static void drive(unsigned msgs, double seconds, int64_t start)
{
    uint64_t sent0 = total.sent, got0 = total.delivered, next = 0, end = (uint64_t)msgs * nsenders;
    int64_t deadline = start + (int64_t)(seconds * 1e9);
    for (;;) {
        int64_t now = now_ns(), wait = 100000000;
        if (now >= deadline)
            stop_sending();
        else if (opt.rate == 0)
            send_windows();
        else
            wait = send_due(&next, end, start, now);
        bool all_sent = !in_phase || total.sent - sent0 == end;
        if (all_sent && total.delivered - got0 >= (total.sent - sent0) * fanout)
            break;
        if (now - total.last_move > (int64_t)(opt.stall * 1e9) || crowd.dead)
            break;
        step(wait);
    }
    stop_sending();
}

static double own_cpu(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

void run_phase(unsigned msgs, double seconds, struct result *r)
{
    struct result before = {.sent = total.sent, .delivered = total.delivered, .dups = total.dups,
                            .reordered = total.reordered, .foreign = total.foreign,
                            .cpu = proc_read(opt.pids, opt.npids), .own_cpu = own_cpu()};
    int64_t start = now_ns();
    start_sending(msgs, start);
    drive(msgs, seconds, start);
    struct proc_sample after = proc_read(opt.pids, opt.npids);
    r->wall = (double)(total.last_delivery - start) / 1e9;
    r->own_cpu = own_cpu() - before.own_cpu;
    r->cpu = (struct proc_sample){after.user - before.cpu.user, after.sys - before.cpu.sys, after.rss_kib};
    r->sent = total.sent - before.sent;
    r->delivered = total.delivered - before.delivered;
    r->lost = r->sent * fanout - r->delivered;
    r->dups = total.dups - before.dups;
    r->reordered = total.reordered - before.reordered;
    r->foreign = total.foreign - before.foreign;
    r->latency = latency;
}
