-- Roomful's native protocol for Wireshark and tshark: frames, their JSON, and fields to filter by.
--
-- A frame is a 4-byte big-endian length and that many bytes of JSON in UTF-8; docs/protocol.md is the specification.
-- Install: copy this file to the personal Lua plugins folder, or start with -X lua_script:roomful.lua. See README.md.

local PORTS = { 5001, 5002 } -- one to one; a server
local HEADER = 4 -- bytes
local LONGEST_TEXT = 60 -- bytes of a text in the info column
local DEEPEST = 64 -- levels of nesting; what is deeper is not summed up, but Wireshark's own JSON tree shows it

local roomful = Proto("roomful", "Roomful native protocol")

local field = {
    length = ProtoField.uint32("roomful.length", "Length", base.DEC, nil, nil, "Bytes of payload"),
    json = ProtoField.string("roomful.json", "Payload", base.UNICODE, "The JSON object as it came"),
    type = ProtoField.string("roomful.type", "Type", base.UNICODE),
    id = ProtoField.uint64("roomful.id", "Request", base.DEC, nil, nil, "Chosen by whoever asks"),
    re = ProtoField.uint64("roomful.re", "Reply to request", base.DEC),
    room = ProtoField.string("roomful.room", "Room", base.UNICODE),
    seq = ProtoField.uint64("roomful.seq", "Number in the room", base.DEC),
    nick = ProtoField.string("roomful.nick", "Nick", base.UNICODE),
    target = ProtoField.string("roomful.target", "To whom, or to which message", base.UNICODE, "Whom or what a request or an event is about"),
    code = ProtoField.string("roomful.code", "Code", base.UNICODE, "Why a request was refused or a connection ends"),
    body = ProtoField.string("roomful.body", "Type of the body", base.UNICODE, "What an event or a signal says"),
    text = ProtoField.string("roomful.text", "Text", base.UNICODE, "Of a message, or of a part of a draft"),
    draft = ProtoField.string("roomful.draft", "Draft", base.UNICODE, "An answer that is still being written"),
    causes = ProtoField.string("roomful.causes", "Woken by", base.UNICODE, "The numbers of the lines that woke a bot"),
    bounce = ProtoField.uint64("roomful.bounce", "Bounce", base.DEC, nil, nil, "How many more answers of bots may hang on it"),
    verdict = ProtoField.string("roomful.verdict", "Verdict", base.UNICODE, "What a bot made of a line"),
}
roomful.fields = field

local not_json = ProtoExpert.new("roomful.not_json", "The payload is not a JSON object", expert.group.MALFORMED, expert.severity.ERROR)
local no_frame = ProtoExpert.new("roomful.no_frame", "The length is more than a frame may have", expert.group.MALFORMED, expert.severity.ERROR)
roomful.experts = { not_json, no_frame }

roomful.prefs.max_frame = Pref.uint("Largest payload in bytes", 65536, "What announces more is shown as no frame")

local json_dissector = Dissector.get("json")

-- -- JSON, as far as the summary needs it ---------------------------------------------------------
--
-- A value is a node: what it is (`value`; for objects a table of nodes by name) and where it stands (`first`, `last`,
-- counted from 1 as Lua does), so that a click on a field marks its bytes. Every function returns nil for what is not JSON.

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local WORDS = { ["true"] = true, ["false"] = false, ["null"] = "null" }

local function utf8_of(code)
    if code < 0x80 then
        return string.char(code)
    elseif code < 0x800 then
        return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64)
    elseif code < 0x10000 then
        return string.char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
    end
    return string.char(
        0xF0 + math.floor(code / 262144),
        0x80 + math.floor(code / 4096) % 64,
        0x80 + math.floor(code / 64) % 64,
        0x80 + code % 64
    )
end

local function unescaped(raw)
    -- A code point beyond U+FFFF is written as two escapes, which only mean something together.
    raw = raw:gsub("\\u([dD][89aAbB]%x%x)\\u([dD][c-fC-F]%x%x)", function(high, low)
        return utf8_of(0x10000 + (tonumber(high, 16) - 0xD800) * 1024 + tonumber(low, 16) - 0xDC00)
    end)
    return (raw:gsub("\\(u?)(.)(%x?%x?%x?)", function(u, first, rest)
        if u == "u" then
            return utf8_of(tonumber(first .. rest, 16) or 0xFFFD)
        end
        return (ESCAPES[first] or first) .. rest
    end))
end

local function string_at(text, at)
    local stop = at + 1
    while true do
        stop = text:find('["\\]', stop)
        if not stop then
            return nil
        end
        if text:sub(stop, stop) == '"' then
            return { value = unescaped(text:sub(at + 1, stop - 1)), first = at, last = stop }
        end
        stop = stop + 2
    end
end

local value_at -- objects hold values, and values are objects

local function skip(text, at)
    return text:find("[^ \t\r\n]", at) or #text + 1
end

local function items_at(text, at, closing, depth)
    local items, first = {}, at
    at = skip(text, at + 1)
    if text:sub(at, at) == closing then
        return { value = items, first = first, last = at }
    end
    while true do
        local name
        if closing == "}" then
            name = text:sub(at, at) == '"' and string_at(text, at)
            local colon = name and skip(text, name.last + 1)
            if not colon or text:sub(colon, colon) ~= ":" then
                return nil
            end
            at = colon + 1
        end
        local item = value_at(text, skip(text, at), depth + 1)
        if not item then
            return nil
        end
        items[name and name.value or #items + 1] = item
        at = skip(text, item.last + 1)
        local sign = text:sub(at, at)
        if sign == closing then
            return { value = items, first = first, last = at }
        elseif sign ~= "," then
            return nil
        end
        at = skip(text, at + 1)
    end
end

value_at = function(text, at, depth)
    local sign = text:sub(at, at)
    if depth > DEEPEST then
        return nil
    elseif sign == '"' then
        return string_at(text, at)
    elseif sign == "{" then
        return items_at(text, at, "}", depth)
    elseif sign == "[" then
        return items_at(text, at, "]", depth)
    end
    local word = text:match("^[-+.%w]+", at)
    local value = word and (tonumber(word) or WORDS[word])
    if value == nil then
        return nil
    end
    return { value = value, first = at, last = at + #word - 1 }
end

local function object_in(text)
    local node = value_at(text, skip(text, 1), 0)
    if node and text:sub(node.first, node.first) == "{" and skip(text, node.last + 1) > #text then
        return node.value
    end
    return nil
end

-- -- the summary ------------------------------------------------------------------------------------

-- Returns the node of a name, or of a name within a name, if its value is of this Lua type.
local function find(object, kind, name, inner)
    local node = object[name]
    if node and inner then
        node = type(node.value) == "table" and node.value[inner] or nil
    end
    return node and type(node.value) == kind and node or nil
end

-- Whom a request or an event is about: `who`, `mask`, or the nick in a body's `target`; or the number of a message there.
local function target_of(object)
    local body = find(object, "table", "body")
    local target = body and body.value.target
    if target and type(target.value) == "table" then
        return find(target.value, "string", "nick")
    elseif target and type(target.value) == "number" then
        return { value = string.format("%.0f", target.value), first = target.first, last = target.last }
    end
    return find(object, "string", "who") or find(object, "string", "mask")
end

-- The numbers of a list, one after the other.
local function numbers_of(list)
    if not list or #list.value == 0 then
        return nil
    end
    local words = {}
    for at, item in ipairs(list.value) do
        words[at] = type(item.value) == "number" and string.format("%.0f", item.value) or "?"
    end
    return { value = table.concat(words, " "), first = list.first, last = list.last }
end

-- What a bot made of a line: in a signal, or the first of those that a request lists.
local function verdict_of(object)
    local told = find(object, "table", "body", "verdict")
    local list = find(object, "table", "verdicts")
    local one = told or list and list.value[1]
    return one and type(one.value) == "table" and find(one.value, "string", "verdict") or nil
end

local function summed_up(object)
    return {
        type = find(object, "string", "type"),
        id = find(object, "number", "id"),
        re = find(object, "number", "re"),
        room = find(object, "string", "room"),
        seq = find(object, "number", "seq"),
        nick = find(object, "string", "nick")
            or find(object, "string", "account")
            or find(object, "string", "sender", "nick")
            or find(object, "string", "participant", "nick"),
        target = target_of(object),
        code = find(object, "string", "code"),
        body = find(object, "string", "body", "type"),
        text = find(object, "string", "text")
            or find(object, "string", "body", "text")
            or find(object, "string", "append")
            or find(object, "string", "body", "append"),
        draft = find(object, "string", "draft") or find(object, "string", "body", "draft"),
        causes = numbers_of(find(object, "table", "causes") or find(object, "table", "body", "causes")),
        bounce = find(object, "number", "body", "bounce"),
        verdict = verdict_of(object),
    }
end

local function quoted(text)
    text = text:gsub("%c", " ")
    if #text > LONGEST_TEXT then
        local stop = LONGEST_TEXT
        while stop > 0 and text:byte(stop + 1) >= 0x80 and text:byte(stop + 1) < 0xC0 do
            stop = stop - 1 -- not in the middle of a character
        end
        text = text:sub(1, stop) .. "…"
    end
    return '"' .. text .. '"'
end

local function info(arrow, sum)
    local words = { arrow, sum.type and sum.type.value or "?" }
    local function say(node, form)
        if node then
            words[#words + 1] = string.format(form or "%s", node.value)
        end
    end
    say(sum.re, "re %.0f")
    say(sum.code)
    say(sum.room)
    say(sum.seq, "%.0f")
    say(sum.nick)
    say(sum.body)
    say(sum.target)
    say(sum.draft)
    say(sum.causes, "woken by %s")
    say(sum.bounce, "bounce %.0f")
    say(sum.verdict)
    if sum.text then
        words[#words + 1] = quoted(sum.text.value)
    end
    return table.concat(words, " ")
end

-- -- the dissector ------------------------------------------------------------------------------------

local NUMBERS = { id = true, re = true, seq = true, bounce = true }
local ORDER = {
    "type", "id", "re", "room", "seq", "nick", "code", "body", "target", "draft", "causes", "bounce", "verdict", "text",
}

local function add_fields(tree, payload, sum)
    for _, name in ipairs(ORDER) do
        local node = sum[name]
        if node then
            local range = payload:range(node.first - 1, node.last - node.first + 1)
            local value = node.value
            if NUMBERS[name] then
                value = UInt64.new(value % 0x100000000, math.floor(value / 0x100000000))
            end
            tree:add(field[name], range, value)
        end
    end
end

local function is_whole_number(node)
    return not node or (node.value >= 0 and node.value < 2 ^ 53 and node.value % 1 == 0)
end

local function dissect_payload(payload, pinfo, tree, arrow)
    tree:add(field.json, payload:range(), payload:range():string(ENC_UTF_8))
    local object = object_in(payload:raw())
    if not object then
        tree:add_proto_expert_info(not_json)
        return arrow .. " not JSON"
    end
    local sum = summed_up(object)
    for name in pairs(NUMBERS) do
        sum[name] = is_whole_number(sum[name]) and sum[name] or nil
    end
    add_fields(tree, payload, sum)
    json_dissector:call(payload, pinfo, tree)
    return info(arrow, sum)
end

local seen -- of the frames in this packet: what the info column says

local function dissect_frame(tvb, pinfo, root)
    local tree = root:add(roomful, tvb:range())
    tree:add(field.length, tvb:range(0, HEADER))
    -- The side whose port chose this dissector was called: what goes there is asked, what comes from there is told.
    local arrow = pinfo.dst_port == pinfo.match_uint and "->" or "<-"
    local line = arrow .. " not JSON"
    if tvb:len() > HEADER then
        line = dissect_payload(tvb:range(HEADER):tvb(), pinfo, tree, arrow)
    else
        tree:add_proto_expert_info(not_json)
    end
    tree:append_text(": " .. line)
    seen[#seen + 1] = line
    return tvb:len()
end

local function frame_length(tvb, pinfo, offset)
    local size = tvb:range(offset, HEADER):uint()
    -- What is no frame is taken as far as it goes: waiting for gigabytes would hide everything behind it.
    return size > roomful.prefs.max_frame and tvb:len() - offset or HEADER + size
end

local function dissect_piece(tvb, pinfo, root)
    if tvb:range(0, HEADER):uint() > roomful.prefs.max_frame then
        root:add(roomful, tvb:range()):add_proto_expert_info(no_frame)
        seen[#seen + 1] = "no frame"
        return tvb:len()
    end
    return dissect_frame(tvb, pinfo, root)
end

function roomful.dissector(tvb, pinfo, root)
    seen = {}
    dissect_tcp_pdus(tvb, root, HEADER, frame_length, dissect_piece)
    -- The JSON dissector writes its own name into these columns.
    pinfo.cols.protocol = "Roomful"
    if #seen > 0 then
        pinfo.cols.info = table.concat(seen, " | ")
    end
    return tvb:len()
end

local tcp_port = DissectorTable.get("tcp.port")
for _, port in ipairs(PORTS) do
    tcp_port:add(port, roomful)
end
tcp_port:add_for_decode_as(roomful)
