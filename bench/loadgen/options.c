/* The command line: one table, from which the help is written too. */
#include "loadgen.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options opt = {
    .host = "127.0.0.1", .label = "", .rooms = 1, .members = 10, .senders = 1, .msgs = 100, .warmup = 10,
    .size = 100, .window = 16, .inflight = 64, .src = 1, .seconds = 30, .stall = 10, .setup_timeout = 120,
};

enum kind { CODEC, TEXT, PORT, COUNT, REAL, FLAG, PIDS };

static const struct row {
    const char *name, *value, *help;
    enum kind kind;
    void *to;
} rows[] = {
    {"proto", "NAME", "wire format, see below", CODEC, &opt.codec},
    {"port", "P", "the server's port", PORT, &opt.port},
    {"host", "A", "the server's IPv4 address (127.0.0.1)", TEXT, &opt.host},
    {"src", "N", "spread sources over N loopback addresses (1)", COUNT, &opt.src},
    {"rooms", "R", "rooms (1)", COUNT, &opt.rooms},
    {"members", "K", "members of each room (10)", COUNT, &opt.members},
    {"senders", "S", "how many of them send (1)", COUNT, &opt.senders},
    {"msgs", "M", "messages per sender in the measured phase (100)", COUNT, &opt.msgs},
    {"warmup", "M", "messages per sender before it (10)", COUNT, &opt.warmup},
    {"size", "B", "bytes of a message, 34 to 60000 (100)", COUNT, &opt.size},
    {"window", "W", "closed loop: messages outstanding per sender (16)", COUNT, &opt.window},
    {"rate", "X", "open loop instead: X messages a second in all", REAL, &opt.rate},
    {"seconds", "T", "stop sending after T seconds (30)", REAL, &opt.seconds},
    {"stall", "T", "give up when nothing was sent or delivered for so long (10)", REAL, &opt.stall},
    {"no-join", NULL, "connect and register only, send nothing", FLAG, &opt.no_join},
    {"hold", "T", "stay connected T seconds before sending (idle memory)", REAL, &opt.hold},
    {"inflight", "C", "connections being set up at once (64)", COUNT, &opt.inflight},
    {"setup-timeout", "T", "give up if that takes longer, seconds (120)", REAL, &opt.setup_timeout},
    {"server-pid", "P[,P]", "processes whose CPU time and memory to read", PIDS, NULL},
    {"label", "TEXT", "copied to the report", TEXT, &opt.label},
};
#define NROWS (sizeof rows / sizeof *rows)

static void __attribute__((noreturn)) usage(void)
{
    fputs("usage: loadgen --proto NAME --port P [options]\n", stderr);
    for (size_t i = 0; i < NROWS; i++)
        fprintf(stderr, "  --%-13s %-6s %s\n", rows[i].name, rows[i].value ? rows[i].value : "", rows[i].help);
    fputs("wire formats:", stderr);
    for (const struct codec *const *c = codecs; *c; c++)
        fprintf(stderr, " %s", (*c)->name);
    fputc('\n', stderr);
    exit(2);
}

static const struct codec *codec_named(const char *name)
{
    for (const struct codec *const *c = codecs; *c; c++)
        if (!strcmp((*c)->name, name))
            return *c;
    usage();
}

static double number(const char *text)
{
    char *end;
    double v = strtod(text, &end);
    if (end == text || *end || v < 0)
        die("%s is not a number", text);
    return v;
}

static void read_pids(char *text)
{
    for (char *p = strtok(text, ","); p; p = strtok(NULL, ",")) {
        if (opt.npids == MAX_PIDS)
            die("at most %d processes", MAX_PIDS);
        opt.pids[opt.npids++] = (int)number(p);
    }
}

static void take(const struct row *row, char *text)
{
    switch (row->kind) {
    case CODEC: *(const struct codec **)row->to = codec_named(text); break;
    case TEXT:  *(const char **)row->to = text; break;
    case PORT:  *(int *)row->to = (int)number(text); break;
    case COUNT: *(unsigned *)row->to = (unsigned)number(text); break;
    case REAL:  *(double *)row->to = number(text); break;
    case FLAG:  *(bool *)row->to = true; break;
    case PIDS:  read_pids(text); break;
    }
}

void read_options(int argc, char **argv)
{
    struct option names[NROWS + 1] = {0};
    for (size_t i = 0; i < NROWS; i++)
        names[i] = (struct option){rows[i].name, rows[i].value ? required_argument : no_argument, NULL, 0};
    int k, index;
    while ((k = getopt_long(argc, argv, "", names, &index)) != -1) {
        if (k)
            usage();
        take(&rows[index], optarg);
    }
    if (optind < argc || !opt.codec || !opt.port || !opt.rooms || !opt.members || !opt.window ||
        !opt.inflight || opt.senders > opt.members || opt.size < PAYLOAD_MIN || opt.size > 60000)
        usage();
}
