"""The rows that are shown to whoever has none: one of each kind, of sites that do not exist."""

TABLE = """\
[[egress.sources]]
name = "a-table"                                # static HTML
kind = "html"
enabled = false
url = "https://lists.example.org/free/{page}"   # pages 1, 2, 3
pages = 3
rows = "table#proxies tbody tr"                 # CSS selectors: which rows,
host = "td:nth-child(1)"                        # and where in a row things stand
port = "td:nth-child(2)"
protocol = "td:nth-child(5)"

[[egress.sources]]
name = "an-api"                                 # JSON
kind = "json"
enabled = false
url = "https://api.example.com/v2/proxies?limit=500"
headers = { Authorization = "$PROXY_LIST_KEY" } # the value of this variable
robots = false                                  # its owner gave you the key
rows = "data"                                   # paths: the list,
host = "ip"                                     # and fields of an item
port = "port"
protocol = "protocols"
next = "links.next"                             # where the next page is

[[egress.sources]]
name = "a-text"                                 # a proxy a line, or what a pattern finds
kind = "text"
enabled = false
url = "https://raw.example.net/socks5.txt"
scheme = "socks5"                               # the page does not say it
pattern = '^(?P<host>[\\d.]+):(?P<port>\\d+)'

[[egress.sources]]
name = "a-script"                               # a page that JavaScript makes: chromium shows it
kind = "browser"
enabled = false
url = "https://hidden.example.org/list"
rows = "tr.proxy"
address = "td.address"
next = "button.more"                            # pressed, as a person would

[[egress.sources]]
name = "a-file"                                 # a list that you have: .txt, .csv, .json, .jsonl
kind = "file"
enabled = false
path = "~/proxies.csv"
"""

WORDS = """\
# No source is enabled: Roomful asks no site of its own accord.
#
# 1. Put rows as these into roomful.toml, each for a list that you may read.
# 2. Read what its site allows: its terms, its robots.txt. docs/fair-scraping.md says what is fair.
# 3. Set `enabled = true` in the row, and run `roomful proxies scrape` again.
#
# `roomful proxies scrape --demo` shows the whole chain on this machine, with pages and proxies of our own.
# `roomful proxies check FILE --target URL` needs no source: it takes a list that you have.
"""
