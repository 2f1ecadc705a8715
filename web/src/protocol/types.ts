// Written by `python -m tools.generate` from the types of the server: change those, then `just docs`.

/** Who an event is from, as known when it was recorded. */
export interface Sender {
    /** The participant's opaque id: for programs. */
    id: string
    /** The participant's nick at that time: for eyes. */
    nick: string
    /**
     * `person` (has an account), `guest` (has none), `bot`, `webhook` or `service`; take another word for
     * `person`. Marked by the server, never by the participant.
     */
    kind: string
}

/** Somebody to whom something is done. */
export interface Named {
    /** The participant's opaque id: for programs. */
    id: string
    /** The participant's nick at that time: for eyes. */
    nick: string
}

/** A file that is attached to a message, or is about to be. */
export interface Attachment {
    /** Its id, for `/files/ID/NAME`; empty: it is not on this server. */
    id: string
    /** What it is called: one line, no path. */
    name: string
    /** Its media type, told by what it holds (RFC 6838). */
    type: string
    /** Bytes. */
    size: number
    /** Of an image: pixels, as it is shown. */
    width?: number | null
    /** Of an image: pixels, as it is shown. */
    height?: number | null
}

/** The participant one is. */
export interface Me {
    /** The participant's opaque id, which never changes. */
    id: string
    /** The nick as it was taken. */
    nick: string
    /**
     * `person` (has an account), `guest` (has none), `bot`, `webhook` or `service`; take another word for
     * `person`. Marked by the server, never by the participant.
     */
    kind: string
    /** The account's name; null for a guest. */
    account?: string | null
}

/** A device in a list. */
export interface DeviceInfo {
    /** Its id, for `revoke`. */
    id: string
    /** What it called itself. */
    name: string
    /** When it logged in first: RFC 3339, UTC. */
    created: string
    /** When it was last connected. */
    seen: string
    /** From which address. */
    address?: string
    /** Connected now. */
    online?: boolean
    /** The device that asks. */
    this?: boolean
}

/** What can be set of a room. */
export interface RoomSettings {
    /** What the room is for. */
    description?: string
    /** `all`, or `joined`: members read from their joining on. */
    history?: string
    /** Seconds between two messages of one member. */
    slow?: number
    /** Days after which texts are erased; 0: never. */
    retention?: number
    /** Nobody may write any more. */
    archived?: boolean
    /** `local`: no line goes to a model on another machine. */
    models?: string
}

/** A room in a list. */
export interface RoomInfo {
    /** `#name` or `!id`. */
    room: string
    /** How many members. */
    count: number
    /** Its newest event. */
    head: number
    /** Its topic; empty: none. */
    topic?: string
    /** In a direct room: the other participant. */
    peer?: Sender | null
    /** `public`, `private` or `direct`. */
    kind?: string
    /** Nobody may write any more. */
    archived?: boolean
    /** One is invited to this private room, and not in it yet. */
    invited?: boolean
}

/** A member in a list. */
export interface MemberInfo {
    /** The participant's opaque id. */
    id: string
    /** Its nick now. */
    nick: string
    /**
     * `person` (has an account), `guest` (has none), `bot`, `webhook` or `service`; take another word for
     * `person`. Marked by the server, never by the participant.
     */
    kind: string
    /** `owner`, `moderator`, `member`, `guest` or `bot`; take another word for `member`. */
    role?: string
    /** Connected now. */
    online?: boolean
    /** `online`, `idle` or `away`, of one who is connected. */
    state?: string
    /** What it says of that. */
    text?: string
}

/** A ban or a mute in a list. */
export interface SanctionInfo {
    /** Its number, for `unban`. */
    seq: number
    /** `ban` or `mute`. */
    what: string
    /** Whose it is. */
    by: Sender
    /** The participant it is about. */
    id?: string
    /** Its nick at that time. */
    nick?: string
    /** The pattern of nicks. */
    mask?: string
    /** The address or network. */
    address?: string
    /** When it ends: RFC 3339, UTC. */
    until?: string | null
    /** Why. */
    reason?: string
}

/** What is unread in a room. */
export interface UnreadInfo {
    /** `#name` or `!id`. */
    room: string
    /** The room's newest event. */
    head: number
    /** How far one has read. */
    read?: number
    /** Messages of others after that, threads apart; at most 1,000. */
    unread?: number
    /** Messages after that which name one, or everybody; those of threads too. */
    mentions?: number
    /** Those in which something is unread. */
    threads?: readonly ThreadInfo[]
    /** In a direct room: the other participant. */
    peer?: Sender | null
}

/** What is unread in a thread that one takes part in. */
export interface ThreadInfo {
    /** The number of the message it hangs on. */
    thread: number
    /** Messages of others after what one has read of it; at most 1,000. */
    unread: number
    /** How far one has read. */
    read?: number
}

/** A message that a search found. */
export interface Found {
    /** `#name` or `!id`. */
    room: string
    /** Its number. */
    seq: number
    /** When it was recorded: RFC 3339, UTC, milliseconds. */
    at: string
    /** Who said it. */
    sender: Sender
    /** The part of its text that fits best. */
    snippet: string
    /** Where in the snippet: begin and end, in code points. */
    matches?: readonly (readonly [number, number])[]
    /** The thread it was said in. */
    thread?: number | null
}

/** How somebody is there. */
export interface Status {
    /** The participant's id. */
    id: string
    /** `online`, `idle` or `away`. */
    state?: string
    /** What it says of that. */
    text?: string
}

/** A draft as far as it has grown. */
export interface OpenDraft {
    /** The draft's id. */
    draft: string
    /** Who writes it. */
    sender: Sender
    /** All of it so far. */
    text: string
}

/** What a bot made of some lines, and why. */
export interface Verdict {
    /** The bot's id. */
    bot: string
    /** The first of the lines; 0: it was no line. */
    first: number
    /** The last of the lines. */
    last: number
    /** What came of it. */
    verdict: 'answered' | 'capped' | 'cooling' | 'failed' | 'not_addressed' | 'over_budget' | 'passed'
    /** Which rule said so, as docs/bots.md lists them. */
    rule: string
    /** The same for people. */
    words?: string
    /** The number of the bot's message; 0: there is none. */
    answer?: number
    /** As the provider calls it. */
    model?: string
    /** Id of whoever is answered, and pays. */
    person?: string
    /** Tokens read. */
    tokens_in?: number
    /** Tokens written. */
    tokens_out?: number
    /** USD; 0 where nothing is paid. */
    cost?: number
    /** Seconds until the model's first word. */
    first_token?: number
    /** Seconds in all. */
    took?: number
    /** When it was recorded: RFC 3339, UTC; from the server. */
    at?: string
    /** Somebody who would have expected an answer was told; from the server. */
    told?: boolean
}

/** What one bot's verdicts by one rule add up to. */
export interface Total {
    /** The bot's id. */
    bot: string
    /** What came of it, as in a verdict. */
    verdict: string
    /** Which rule said so. */
    rule: string
    /** About how many lines. */
    lines?: number
    /** Tokens read and written. */
    tokens?: number
    /** USD. */
    cost?: number
}

/** What was used in one day, of one model, by one bot or for speech, in one room, for one person. */
export interface Used {
    /** UTC, as 2026-11-20. */
    day: string
    /** The bot's id; empty: it was speech. */
    bot: string
    /** As the provider calls it. */
    model?: string
    /** `#name` or `!id`. */
    room?: string
    /** Id of whoever was answered; empty: nobody had asked. */
    person?: string
    /** How many times it was called. */
    turns?: number
    /** Tokens read. */
    tokens_in?: number
    /** Tokens written. */
    tokens_out?: number
    /** USD. */
    cost?: number
    /** A service has listened to clips, or spoken texts; empty: a bot has answered. */
    speech?: '' | 'listen' | 'speak'
    /** Of speech: seconds of clips, or characters of texts. */
    amount?: number
}

/** Something that a bot remembers of a room. */
export interface Memory {
    /** Its id. */
    memory: string
    /** The bot's id. */
    bot: string
    /** What it remembers. */
    text: string
    /** `note`, or `summary`: of the room up to `seq`; take another word for `note`. */
    kind?: string
    /** The line that it comes from, or up to which it goes; 0: none. */
    seq?: number
    /** Id of whoever said that line. */
    author?: string
    /** When: RFC 3339, UTC. */
    at?: string
}

/** A value that a bot keeps. */
export interface Kept {
    /** Its name. */
    key: string
    /** The value. */
    value: string
    /** How often it was put. */
    version: number
}

/** A bot. */
export interface BotInfo {
    /** Its id. */
    bot: string
    /** Its nick. */
    nick: string
    /** `provider:model`. */
    model?: string
    /** Where the lines go that it reads; empty: this machine. */
    destination?: string
    /** How many answers of bots may hang on one of its lines. */
    max_bounce?: number
    /** For bot hosts: JSON. */
    settings?: string
    /** How it is in rooms; only those that one may know of. */
    places?: readonly BotPlace[]
    /** It is connected. */
    online?: boolean
    /** How it sounds where it is read out; empty: as everybody. */
    voice?: string
    /** Of one bot, to members of its rooms: who it is, in the words that its model is given. */
    persona?: string
    /** Its persona stands in a file of whoever runs it, and is not told. */
    persona_kept?: boolean
    /** Of one bot, to members of its rooms: what limits what it costs. */
    budgets?: readonly BotBudget[]
}

/** How a bot is in one room. */
export interface BotPlace {
    /** `#name` or `!id`. */
    room: string
    /** When it speaks: docs/bots.md lists the modes. */
    mode?: string
    /** It answers somebody who is alone with it. */
    host?: boolean
    /** All the rest, for the bot host: JSON. */
    settings?: string
}

/** What may be spent in a day (UTC) for a bot's answers by models of others, at one level. */
export interface BotBudget {
    /** `server`: by all bots; `room`: in this room; `bot`: by it; `person`: for oneself. */
    level: string
    /** USD; 0: no limit. */
    usd?: number
    /** Tokens; 0: no limit. */
    tokens?: number
    /** USD spent today; null: of the server and the bot, only owners of the server are told. */
    spent?: number | null
    /** Tokens used today; null likewise. */
    used?: number | null
}

/** A webhook in a list. */
export interface WebhookInfo {
    /** Its id. */
    webhook: string
    /** `in`: programs post by it; `out`: it is told of events. */
    way: string
    /** Who made it. */
    by: Sender
    /** When: RFC 3339, UTC. */
    created: string
    /** Of one that comes in: its nick. */
    name?: string
    /** Of one that goes out: the address; for those who may not make such, only its beginning. */
    url?: string
    /** Which it is told of; none: all. */
    events?: readonly string[]
    /** `on`; `failing`: it is tried again; `off`. Take another word for `off`. */
    state?: string
    /** How many events it was not told of yet. */
    behind?: number
    /** When it began to fail: RFC 3339, UTC. */
    since?: string
    /** When it is tried again: RFC 3339, UTC. */
    due?: string
    /** Why it fails, or is off. */
    reason?: string
}

/** An account in the list of all. */
export interface AccountInfo {
    /** The participant's opaque id. */
    id: string
    /** The account's name. */
    account: string
    /** Its nick now. */
    nick: string
    /**
     * `person` (has an account), `guest` (has none), `bot`, `webhook` or `service`; take another word for
     * `person`. Marked by the server, never by the participant.
     */
    kind: string
    /** When it was made: RFC 3339, UTC. */
    created: string
    /** When it was last connected; empty: not known. */
    seen?: string
    /** It owns the server. */
    owner?: boolean
    /** Connected now. */
    online?: boolean
    /** Nobody may log in to it. */
    disabled?: boolean
    /** It has no password: its person has not come yet. */
    waiting?: boolean
    /** It is run by the bot host, which alone changes and deletes it. */
    hosted?: boolean
    /** On how many devices it is logged in. */
    devices?: number
    /** Of how many rooms it is a member, direct ones apart. */
    rooms?: number
}

/** A room in the list of all. */
export interface ServerRoomInfo {
    /** `#name` or `!id`. */
    room: string
    /** Its opaque id: `!` and this names it for ever. */
    id: string
    /** `public` or `private`. */
    kind: string
    /** When it began: RFC 3339, UTC. */
    created: string
    /** How many members. */
    count: number
    /** Its newest event. */
    head: number
    /** When that was recorded; empty: there is none. */
    at?: string
    /** Nicks of its owners, at most 10; none: nobody owns it. */
    owners?: readonly string[]
    /** Nobody may write any more. */
    archived?: boolean
    /** Of files that were uploaded to it. */
    bytes?: number
}

/** A limit. */
export interface LimitInfo {
    /** Table and key in `roomful.toml`: `limits.max_frame`; or what it is called. */
    name: string
    /** How much. */
    value: number
    /** Of what: `bytes`, `seconds`, `per second`, `USD` …; empty: how many. */
    unit?: string
    /** What it limits. */
    about?: string
    /** How much of it is used, by whoever uses most; null: not known. */
    used?: number | null
    /** It does not hold: it is switched off. */
    lifted?: boolean
    /** It is built in: no setting changes it. */
    fixed?: boolean
}

/** The first request of a connection. */
export interface HelloRequest {
    /** The version the client speaks: 1. */
    protocol: number
    /** Which program: for the server's log. */
    agent?: string
}

/** Become a participant on this connection: a new guest, an account, or, with `resume`, the one that was. */
export interface LoginRequest {
    /** The nick wanted by a guest. With `resume` it may be left out. */
    nick?: string | null
    /** From an earlier login's reply: continue as that participant. */
    resume?: string | null
    /** The account's name; with `password`. */
    account?: string | null
    /** The password. */
    password?: string | null
    /** With `password`: give a `token` for this device. */
    remember?: boolean
    /** Of a device, instead of account and password. */
    token?: string | null
    /** The code that guests need, where the server asks for one. */
    code?: string | null
    /** With the `token` of a bot host: id of the bot that this connection is. */
    act_as?: string | null
    /**
     * With `resume`: stand beside the connection that holds it, with a `resume` of one's own, instead of
     * taking its place.
     */
    beside?: boolean
}

/** Make an account and be it on this connection. A guest that does so keeps its id and its memberships. */
export interface RegisterRequest {
    /** The account's name, which is its nick. */
    account: string
    /** The password. */
    password: string
    /** An invite code, an activation code, or the token of the first owner. */
    invite?: string | null
    /** Give a `token` for this device. */
    remember?: boolean
}

/** Stop being a participant on this connection, which stays open for another `login`. */
export type LogoutRequest = Record<never, never>

/** Change one's password. All other devices of the account are logged out. */
export interface SetPasswordRequest {
    /** The password. */
    password: string
    /** The password. */
    new_password: string
}

/** Delete one's account: it, its devices and its memberships are gone, and the connection ends. */
export interface UnregisterRequest {
    /** The password. */
    password: string
    /** Redact every message it wrote, too. */
    erase?: boolean
}

/** List the devices that are logged in to one's account. */
export type DevicesRequest = Record<never, never>

/** Log a device of one's account out. */
export interface RevokeRequest {
    /** Its `id`. */
    device: string
}

/** Make a token for a device or a program of one's account. */
export interface TokenRequest {
    /** What it is for. */
    name: string
    /** Days without use after which it ends. */
    days?: number
}

/** Make a code with which somebody may register. For owners of the server. */
export interface CodeRequest {
    /** How often it may be used. */
    uses?: number
    /** How long it is good. */
    days?: number
}

/** Become a member of the room, unless one is already, and follow its events on this connection. */
export interface JoinRequest {
    /** `#name` (created if there is none), `!id`, or `@nick` for the direct room with somebody. */
    room: string
    /** Replay every event after this number. */
    after?: number | null
    /** Replay the newest so many. Neither: live only. */
    last?: number | null
    /** False: events only, no signals. */
    signals?: boolean
    /** The epoch `after` belongs to; refused as `epoch_changed` if it is not the server's. */
    epoch?: string | null
    /** False: where there is no room `#name`, it is refused as `no_such_room`, and not created. */
    create?: boolean
}

/** Stop being a member of the room. In a direct room: only stop following it. */
export interface LeaveRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
}

/** Say something in a room. */
export interface PostRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** 1 to `max_text` bytes of UTF-8, no U+0000; with `attachments` it may be empty. */
    text?: string
    /**
     * `text`: said; `action`: done, as /me sends it; `notice`: by a program, which no program should
     * answer; `voice`: spoken, a clip that is the one attachment, of which the server makes the text.
     */
    style?: 'action' | 'notice' | 'text' | 'voice'
    /** The number of an event of this room. */
    reply_to?: number | null
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
    /** The message in whose thread this is said. */
    thread?: number | null
    /** Of a bot: the numbers of the lines that woke it. Without any, this wakes no bot. */
    causes?: readonly number[]
    /** Of a bot: the number of the conversation in which it says this. */
    conversation?: number | null
    /** Of a bot: why its answer is not whole. */
    cut?: '' | 'failed' | 'stopped'
    /** Ids of files that one has uploaded to this room, each for one message. */
    attachments?: readonly string[]
}

/** Give a message of one's own another text. */
export interface EditRequest {
    /** The message's number. */
    seq: number
    /** As in `post`. */
    text: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Erase the text of a message, for ever. Its place stays. */
export interface RedactRequest {
    /** The message's number. */
    seq: number
    /** Why, in words. */
    reason?: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** React to a message, or take it back. */
export interface ReactRequest {
    /** The message's number. */
    seq: number
    /** The reaction; at most 32 bytes of UTF-8. */
    emoji: string
    /** False: take it back. */
    on?: boolean
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Pin a message, or unpin it. A room has at most 50. */
export interface PinRequest {
    /** The message's number. */
    seq: number
    /** False: unpin. */
    on?: boolean
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Set the room's topic. */
export interface TopicRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** At most 1,000 bytes of UTF-8, no control characters; empty: none. */
    text: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/**
 * Begin a room, and be its owner. `join` it to follow it. (Joining a name that is not there begins a
 * public one.)
 */
export interface CreateRequest {
    /** `private`: for those invited. */
    kind?: 'private' | 'public'
    /** What the room is for. */
    description?: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Change settings of the room. What is absent stays. */
export interface SetRequest {
    /** What the room is for. */
    description?: string | null
    /** `private`: for those invited. */
    kind?: 'private' | 'public' | null
    /** What members may read: all, or from their joining on. */
    history?: 'all' | 'joined' | null
    /** Seconds between two messages of one member; 0: none. */
    slow?: number | null
    /** Days after which texts are erased; 0: never. */
    retention?: number | null
    /** True: nobody may write any more. */
    archived?: boolean | null
    /** `local`: no line goes to a model on another machine. */
    models?: 'any' | 'local' | null
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Give the room another name. */
export interface RenameRequest {
    /** The new `#name`. */
    name: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Delete the room and all that was said in it. */
export interface DeleteRequest {
    /** Why, in words. */
    reason?: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Let somebody enter a private room. */
export interface InviteRequest {
    /** A nick; or `!` and a participant's id, for one who is away. */
    who: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** End somebody's membership. It may come back. */
export interface KickRequest {
    /** A nick; or `!` and a participant's id, for one who is away. */
    who: string
    /** Why, in words. */
    reason?: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** End somebody's membership, and let nobody in who fits. One of `who`, `mask`, `address`. */
export interface BanRequest {
    /** A nick; or `!` and a participant's id, for one who is away. */
    who?: string | null
    /** A pattern of nicks: `*` any characters, `?` any one. */
    mask?: string | null
    /** An IP address, or a network such as 192.0.2.0/24. */
    address?: string | null
    /** For how long; absent: until it is lifted. */
    seconds?: number | null
    /** Why, in words. */
    reason?: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Lift a ban. */
export interface UnbanRequest {
    /** Its number, as `bans` lists it. */
    ban: number
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Let somebody read, and say nothing. */
export interface MuteRequest {
    /** A nick; or `!` and a participant's id, for one who is away. */
    who: string
    /** For how long; absent: until it is lifted. */
    seconds?: number | null
    /** Why, in words. */
    reason?: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Let somebody speak again. */
export interface UnmuteRequest {
    /** A nick; or `!` and a participant's id, for one who is away. */
    who: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Give a member another role. */
export interface RoleRequest {
    /** A nick; or `!` and a participant's id, for one who is away. */
    who: string
    /** The new role. */
    role: 'member' | 'moderator' | 'owner'
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Take another nick, in all rooms at once. */
export interface NickRequest {
    /** The new nick. */
    nick: string
}

/** Say how far one has read; one's other devices are told. It never goes back. */
export interface MarkRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** The newest event read. */
    seq: number
    /** In this thread; absent: in the room. */
    thread?: number | null
}

/** Say how one is there. It lasts as long as one is connected. */
export interface PresenceRequest {
    /** `idle` is what clients say by themselves. */
    state: 'away' | 'idle' | 'online'
    /** Why one is away, or what one does. */
    text?: string
}

/** Tell the room that you type, or stopped. Told at most once in 3 seconds; what is over that is dropped. */
export interface TypingRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** False: stopped without sending. */
    on?: boolean
}

/** Read the room's log. With none of `before`, `after`, `around`: its newest events. */
export interface HistoryRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** Events up to, not including, this number. */
    before?: number | null
    /** Events from after this number. */
    after?: number | null
    /** Events on both sides of this number, itself included. */
    around?: number | null
    /** How many at most; fewer come if the frame is full. */
    limit?: number
}

/** Read a thread: the messages said in it, after a number. */
export interface ThreadRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** The message's number. */
    seq: number
    /** An event's number; 0 is before the first. */
    after?: number
    /** How many at most; fewer come if the frame is full. */
    limit?: number
}

/** Read the edits, reactions and redactions of a message. */
export interface ChangesRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** The message's number. */
    seq: number
    /** An event's number; 0 is before the first. */
    after?: number
    /** How many at most; fewer come if the frame is full. */
    limit?: number
}

/** List the messages pinned in a room, the newest pin first. */
export interface PinsRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
}

/** Find messages in rooms that one may read, the best first: docs/search.md has the query's language. */
export interface SearchRequest {
    /** What to look for. */
    query: string
    /** `#name`, or `!id` for a direct room. */
    room?: string | null
    /** How many at most. */
    limit?: number
    /** How many to pass over. */
    offset?: number
}

/** List rooms: those that anybody may join, or one's own. */
export interface RoomsRequest {
    /** Only rooms one is a member of, direct ones included. */
    mine?: boolean
    /** The last room of the page before. */
    after?: string | null
    /** How many at most; fewer come if the frame is full. */
    limit?: number
}

/** List a room's members, by nick. */
export interface MembersRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** The last nick of the page before. */
    after?: string | null
    /** How many at most; fewer come if the frame is full. */
    limit?: number
}

/** Say what one has missed: by room, how much is unread, and how much of it names one. */
export type UnreadRequest = Record<never, never>

/** Say who somebody is, whether here, and when last seen. */
export interface WhoisRequest {
    /** A nick; or `!` and a participant's id, for one who is away. */
    who: string
}

/** List who is banned from a room, and who is muted in it. */
export interface BansRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
}

/** Read the moderation log of a room: who did what, the newest first. */
export interface ActsRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** Events up to, not including, this number. */
    before?: number | null
    /** How many at most; fewer come if the frame is full. */
    limit?: number
}

/** Show an answer while it is being written. For bots. The `post` whose nonce is the draft's id ends it. */
export interface DraftRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** The draft's id: the nonce of the post to come. */
    draft: string
    /** Where this part goes, in code points from the start. */
    at?: number
    /** The part. */
    append?: string
    /** Nothing comes of it: forget what was shown. */
    dropped?: boolean
}

/** Let bots talk with each other: a conversation, which ends. Bots that are not in the room come in. */
export interface DuetRequest {
    /** Who talks. */
    bots: readonly string[]
    /** About what. */
    topic?: string
    /** How many lines, of all together. */
    turns?: number
    /** For how long. */
    seconds?: number
    /** For how many tokens, of all together; 0: not said. */
    tokens?: number
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Say that a conversation has come to its end by itself. For the bots in it. */
export interface ConcludeRequest {
    /** Its number. */
    conversation: number
    /** `settled`: they had said what there was; else what it ran out of. */
    how: 'failed' | 'settled' | 'time' | 'tokens' | 'turns'
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Tell the room's bots to be quiet: answers under way end, and so does a conversation. */
export interface StopRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Let the room's bots go on, and a conversation that was interrupted. */
export interface ContinueRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Record why a bot spoke, or was silent. Of a bot, about itself; of a bot host, about any. */
export interface DecideRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** In the order of their lines. */
    verdicts: readonly Verdict[]
    /** Ids of those who would have expected an answer: they are told. */
    tell?: readonly string[]
}

/**
 * Ask why bots spoke, or were silent: at a line, or of late; with `first` and `last`, as it stands under
 * these lines.
 */
export interface WhyRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** The line; absent: the newest verdict of each bot. */
    seq?: number | null
    /** How many at most; fewer come if the frame is full. */
    limit?: number
    /** Add up, by bot and rule, what was decided in the last 7 days, too. */
    totals?: boolean
    /**
     * With `last`, instead of `seq`: what people were told of these lines. Silences of one bot by one
     * rule that follow each other are one.
     */
    first?: number | null
    /** The last of these lines. */
    last?: number | null
}

/**
 * Ask what the bots of a room have used; without a room, of all rooms: for the server's owner, and for
 * bot hosts.
 */
export interface UsageRequest {
    /** `#name`, or `!id` for a direct room. */
    room?: string | null
    /** Of so many days, today being one (UTC). */
    days?: number
}

/**
 * Keep something in a bot's memory of a room, or give what is kept another text. The latter may
 * moderators, too.
 */
export interface RememberRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** What to remember. */
    text: string
    /** `summary`: of the room, up to `seq`; there is one. */
    kind?: 'note' | 'summary'
    /** The line that it comes from, or up to which it goes. */
    seq?: number
    /** The one to replace; empty: a new one. */
    memory?: string
}

/** List what bots remember of a room. */
export interface MemoriesRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** Only of the bot with this id. */
    bot?: string
}

/**
 * Delete something that a bot remembers: what comes from a line of one's own, or, as a moderator,
 * anything.
 */
export interface ForgetRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** Its id. */
    memory: string
}

/** List the bots of a room, or all that one may fetch; or tell of one of them what its members may know. */
export interface BotsRequest {
    /** `#name`, or `!id` for a direct room. */
    room?: string | null
    /** The last nick of the page before. */
    after?: string
    /** Only the one with this id, and with its persona and its budgets. */
    bot?: string
}

/**
 * Let a bot come, be otherwise, or go. For those who may moderate the room. The bot host does it, and
 * says how it went.
 */
export interface BotRequest {
    /** What to do. */
    do: 'add' | 'remove' | 'set'
    /** The bot's nick. */
    nick: string
    /** Names and values, as `[[bots]]` of the configuration has them: `model`, `mode` … */
    settings?: Readonly<Record<string, string>>
    /** `#name`, or `!id` for a direct room. */
    room: string
    /**
     * Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt
     * again.
     */
    nonce: string
    /** This may have been sent before: look for its receipt in the store too. */
    again?: boolean
}

/** Say how it went. For bot hosts, to the signal `asked`. */
export interface ReplyRequest {
    /** As in the signal. */
    ask: number
    /** What was done, or what was wrong and what would be right. */
    text: string
    /** An error's code; empty: it went well. */
    code?: string
}

/** Make a bot, or describe it anew. For bot hosts. */
export interface BotPutRequest {
    /** Its nick, which is its account's name. */
    nick: string
    /** `provider:model`. */
    model: string
    /** Where the lines go that it reads; empty: this machine. */
    destination?: string
    /** How many answers of bots may hang on one of its lines. */
    max_bounce?: number
    /** All the rest, for the bot host: JSON. */
    settings?: string
}

/** Say how a bot is in a room. For bot hosts. */
export interface BotRoomRequest {
    /** Its id. */
    bot: string
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** As docs/bots.md lists them. */
    mode?: string
    /** It answers somebody who is alone with it. */
    host?: boolean
    /** All the rest, for the bot host: JSON. */
    settings?: string
}

/** Delete a bot: its account, its memberships, its memory. For bot hosts. */
export interface BotDropRequest {
    /** Its id. */
    bot: string
}

/** Keep a value for oneself. For bots. */
export interface StatePutRequest {
    /** Its name. */
    key: string
    /** The value. */
    value: string
    /** Of the value that this replaces; 0: there is none. */
    version?: number
}

/** Read the values that one keeps. For bots. */
export interface StateGetRequest {
    /** The beginning of their names. */
    key?: string
    /** The last name of the page before. */
    after?: string
}

/** Make a secret address under which programs post into the room (docs/webhooks.md). */
export interface WebhookInRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** The nick under which they post. */
    name: string
}

/**
 * Have an address told of what happens in the room: each event is posted there, signed
 * (docs/webhooks.md).
 */
export interface WebhookOutRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** It begins with https:// or http://. */
    url: string
    /** Types of events, such as `message`; none: all. */
    events?: readonly string[]
}

/** Give a webhook another secret; or, of one that goes out, switch it off and on again. */
export interface WebhookSetRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** Its id. */
    webhook: string
    /** Make a new secret; the old one is good no more. */
    renew?: boolean
    /** False: off. Switched on again, it goes on where it had stopped. */
    on?: boolean | null
    /** With `on`: leave out what was said meanwhile. */
    skip?: boolean
}

/** Remove a webhook. */
export interface WebhookDropRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
    /** Its id. */
    webhook: string
}

/** List the webhooks of a room. */
export interface WebhooksRequest {
    /** `#name`, or `!id` for a direct room. */
    room: string
}

/** List the accounts of the server, by name. For its owners. */
export interface AccountsRequest {
    /** Only those with this in their name or nick, whatever the case. */
    like?: string
    /** The last account of the page before. */
    after?: string
    /** How many at most; fewer come if the frame is full. */
    limit?: number
}

/** Change an account. For owners of the server. */
export interface AccountSetRequest {
    /** The account's name. */
    account: string
    /** Whether it owns the server, which keeps one owner. */
    owner?: boolean | null
    /** Log all its devices out. */
    logout?: boolean
    /** Make a code with which its person sets another password; older ones end. */
    code?: boolean
}

/** Delete an account of somebody else. For owners of the server. */
export interface AccountDropRequest {
    /** The account's name. */
    account: string
    /** Redact every message it wrote, too. */
    erase?: boolean
}

/**
 * List every room of the server that has a name, private ones too, but nothing said there. For its
 * owners.
 */
export interface ServerRoomsRequest {
    /** The last room of the page before. */
    after?: string
    /** How many at most; fewer come if the frame is full. */
    limit?: number
}

/** List the limits that hold on the server, and what is used of them. For its owners. */
export type LimitsRequest = Record<never, never>

/** Show that the connection lives. */
export type PingRequest = Record<never, never>

/** End the visit: a guest's nick is free at once and its memberships end. After the reply comes `goodbye`. */
export type ByeRequest = Record<never, never>

/** Answers `post`, `topic` and every other command upon a room: recorded, under this number. */
export interface Receipt {
    /** `#name` or `!id`. */
    room: string
    /** The event's number in the room. */
    seq: number
}

/** Nothing more to say. */
export type Done = Record<never, never>

/** Answers `history`, `thread`, `changes`, `pins` and `acts`: events. */
export interface Page {
    /** `#name` or `!id`. */
    room: string
    /** Of `history`: in the order of their numbers, without gaps. */
    events: readonly EventFrame[]
    /** The room's newest event. */
    head: number
    /** There are more in the direction asked for; with `around`: newer ones. */
    more?: boolean
    /**
     * Of `history`, `thread` and `pins`: what was done to these messages, where it is not among the
     * events: their newest edits and pins, and reactions.
     */
    changes?: readonly EventFrame[]
}

/** Answers `hello`. */
export interface Welcome {
    /** The server's name and release. */
    server: string
    /** The version spoken from here on. */
    protocol: number
    /** Names the history that cursors belong to. */
    epoch: string
    /** What this server can do beyond version 1. */
    features: readonly string[]
    /** The largest payload either side may send, bytes. */
    max_frame: number
    /** The largest text of a post, bytes of UTF-8. */
    max_text: number
    /** With so many unanswered requests the server stops reading. */
    max_in_flight: number
    /** Send something at least this often, seconds. */
    idle: number
    /**
     * Where HTTP is, for files and the API: `https://HOST`, or `:PORT` on the host that one has reached;
     * empty: nowhere.
     */
    http?: string
    /** The largest file one may upload, bytes; 0: none. */
    max_file?: number
    /** Where clips go that are posted as `voice`: a host, or `this machine`; empty: nobody listens. */
    listens?: string
    /** Where texts go that are to be spoken: a host, or `this machine`; empty: nobody speaks. */
    speaks?: string
}

/** Answers `login` and `register`. */
export interface LoggedIn {
    /** Who this connection is from here on. */
    participant: Me
    /** Keep it secret; `login` with it continues as this participant. */
    resume: string
    /** With `remember`: keep it secret; `login` with it on this device. */
    token?: string
    /** This device's id; empty for a guest. */
    device?: string
    /** The account owns the server: it has an owner's rights in every room. */
    owner?: boolean
}

/** Answers `devices`. */
export interface DeviceList {
    /** The one last seen first. */
    devices: readonly DeviceInfo[]
}

/** Answers `token`. */
export interface TokenMade {
    /** Keep it secret: it is shown only here. */
    token: string
    /** Its id, for `revoke`. */
    device: string
}

/** Answers `code`. */
export interface CodeMade {
    /** For `register`: it is shown only here. */
    code: string
    /** When it ends: RFC 3339, UTC. */
    until: string
}

/** Answers `join`. Replayed events follow, then one `state` signal, then live events. */
export interface Joined {
    /** `#name` or `!id`: use this from here on. */
    room: string
    /** The room's newest event when the join took effect. */
    head: number
    /** How many members the room has. */
    count: number
    /** At most 100 of them; `members` lists all. */
    members?: readonly Sender[]
    /** The room's topic; empty: none. */
    topic?: string
    /** The room's word of greeting. */
    welcome?: string
    /** In a direct room: the other participant. */
    peer?: Sender | null
    /** `public`, `private` or `direct`. */
    kind?: string
    /** `owner`, `moderator`, `member`, `guest` or `bot`; take another word for `member`. */
    role?: string
    /** What can be set of a room. */
    settings?: RoomSettings
    /** The first event one may read. */
    first?: number
    /** Its opaque id: `!` and this names the room for ever, whatever it is called. */
    id?: string
}

/** Answers `nick`. */
export interface NickTaken {
    /** The nick as it was taken. */
    nick: string
}

/** Answers `search`. */
export interface Hits {
    /** The best first. */
    hits: readonly Found[]
    /** There are more: ask with an `offset`. */
    more?: boolean
    /** The index is being made, and not all is found yet. */
    behind?: boolean
}

/** Answers `rooms`. */
export interface RoomList {
    /** In the order of their names without regard to case. */
    rooms: readonly RoomInfo[]
    /** There are more: ask `after` the last `room`. */
    more?: boolean
}

/** Answers `members`. */
export interface MemberList {
    /** `#name` or `!id`. */
    room: string
    /** How many members the room has. */
    count: number
    /** In the order of their nicks without regard to case. */
    members: readonly MemberInfo[]
    /** There are more: ask `after` the last `nick`. */
    more?: boolean
}

/** Answers `unread`: one's rooms. */
export interface UnreadList {
    /** Those with news first. */
    rooms: readonly UnreadInfo[]
    /** There are more rooms than fit. */
    more?: boolean
}

/** Answers `whois`. */
export interface Person {
    /** The participant's opaque id. */
    id: string
    /** Its nick now. */
    nick: string
    /**
     * `person` (has an account), `guest` (has none), `bot`, `webhook` or `service`; take another word for
     * `person`. Marked by the server, never by the participant.
     */
    kind: string
    /** The account's name; null for a guest. */
    account?: string | null
    /** Connected now. */
    online?: boolean
    /** `online`, `idle` or `away`. */
    state?: string
    /** What it says of that. */
    text?: string
    /** When it was last connected: RFC 3339, UTC. */
    seen?: string | null
    /** Rooms in which both of you are. */
    rooms?: readonly string[]
}

/** Answers `bans`. */
export interface SanctionList {
    /** `#name` or `!id`. */
    room: string
    /** The newest first. */
    bans: readonly SanctionInfo[]
    /** There are more than fit. */
    more?: boolean
}

/** Answers `why`. */
export interface Verdicts {
    /** `#name` or `!id`. */
    room: string
    /** The newest first. */
    verdicts: readonly Verdict[]
    /** What the bots among them are called, by id. */
    nicks?: Readonly<Record<string, string>>
    /** If asked for: by bot, that of most lines first. */
    totals?: readonly Total[]
    /** Of lines asked for by `first` and `last`, those up to this one did not fit; 0: all did. */
    rest?: number
}

/** Answers `usage`: by day, model, bot, room and person. */
export interface UsageList {
    /** The newest day first. */
    used: readonly Used[]
    /** What the bots and people among them are called, by id. */
    nicks?: Readonly<Record<string, string>>
    /** There is more than fits. */
    more?: boolean
}

/** Answers `memories`. */
export interface MemoryList {
    /** The newest first. */
    memories: readonly Memory[]
    /** What the bots and people among them are called, by id. */
    nicks?: Readonly<Record<string, string>>
    /** There are more than fit. */
    more?: boolean
}

/** Answers `remember`. */
export interface Remembered {
    /** Its id. */
    memory: string
}

/** Answers `state_put`. */
export interface Version {
    /** Of the value that is kept now. */
    version: number
}

/** Answers `state_get`: the values by name. */
export interface StateList {
    /** In the order of their names. */
    values: readonly Kept[]
    /** There are more than fit. */
    more?: boolean
}

/** Answers `bots`. */
export interface BotList {
    /** By nick. */
    bots: readonly BotInfo[]
    /** There are more: ask `after` the last nick. */
    more?: boolean
}

/** Answers `bot`. */
export interface BotSaid {
    /** What was done. */
    text: string
}

/** Answers `bot_put`. */
export interface BotMade {
    /** The bot's id. */
    bot: string
}

/** Answers `webhook_in`, `webhook_out` and `webhook_set`. */
export interface WebhookMade {
    /** Its id, for `webhook_set` and `webhook_drop`. */
    webhook: string
    /**
     * Keep it secret: it is shown only here. Of one that comes in: the end of its address. Of one that
     * goes out: what is sent is signed with it. Empty: it is as it was.
     */
    secret?: string
    /** Of one that comes in: what stands before `secret`; it begins with `/` if that is all one knows. */
    address?: string
}

/** Answers `webhooks`. */
export interface WebhookList {
    /** `#name` or `!id`. */
    room: string
    /** The oldest first. */
    webhooks: readonly WebhookInfo[]
}

/** Answers `accounts`. */
export interface AccountList {
    /** In the order of their names without regard to case. */
    accounts: readonly AccountInfo[]
    /** There are more: ask `after` the last `account`. */
    more?: boolean
}

/** Answers `account_set`. */
export interface AccountChanged {
    /** If asked for: for `register` with the account's name. It is shown only here. */
    code?: string
    /** When the code ends: RFC 3339, UTC. */
    until?: string
}

/** Answers `server_rooms`. */
export interface ServerRoomList {
    /** In the order of their names without regard to case. */
    rooms: readonly ServerRoomInfo[]
    /** How many direct rooms there are: whose, nobody is told. */
    direct?: number
    /** There are more: ask `after` the last `room`. */
    more?: boolean
}

/** Answers `limits`. */
export interface LimitList {
    /** In the order of the configuration, then those built in. */
    limits: readonly LimitInfo[]
    /** How many accounts there are. */
    accounts?: number
    /** How many rooms with a name. */
    rooms?: number
    /** How large the database is, bytes; 0: not known. */
    database?: number
    /** What was uploaded, bytes. */
    files?: number
    /** What is free on the disk of the files, bytes; 0: not known. */
    free?: number
}

/** Somebody said something in the room. */
export interface MessageBody {
    type: 'message'
    /**
     * 1 to `max_text` bytes of UTF-8, no U+0000; may hold line feeds. Empty once it is `redacted`, and
     * where `attachments` say it all.
     */
    text?: string
    /** As in `post`; take another word for `text`. */
    style?: string
    /** The number of the event of this room that is answered. */
    reply_to?: number | null
    /** The number of the message whose thread this one belongs to. */
    thread?: number | null
    /** Ids of the members whose @nick stands in the text, found by the server. */
    mentions?: readonly string[]
    /** @room stands in the text, and the sender may call everybody. */
    everybody?: boolean
    /** Of an imported message: where it comes from. */
    origin?: string
    /** The number of the redaction; 0: erased by age. */
    redacted?: number | null
    /** Of a bot's message: the numbers of the lines that woke it. */
    causes?: readonly number[]
    /**
     * Of a bot's message, from the server: how many more answers of bots may hang on it. At 0 it wakes no
     * bot; so it is with a webhook's.
     */
    bounce?: number | null
    /** The number of the `conversation` in which a bot says this. */
    conversation?: number | null
    /** Why a bot's answer is not whole: `stopped` or `failed`; take another word for `failed`. */
    cut?: string
    /** Files: `/files/ID/NAME` over HTTP has them. */
    attachments?: readonly Attachment[]
    /** Of `voice`: who made the text of the clip that is attached, as `this machine` or a host. */
    heard?: string
}

/** The sender gave a message of its own another text. */
export interface EditBody {
    type: 'edit'
    /** The number of the message that this is about. */
    target: number
    /** The new text. Empty once it is `redacted`. */
    text?: string
    /** As in a message, of the new text. */
    mentions?: readonly string[]
    /** The number of the redaction; 0: erased by age. */
    redacted?: number | null
}

/**
 * The texts of a message and of its edits are gone: from the log, the index, and what is exported from
 * now on.
 */
export interface RedactionBody {
    type: 'redaction'
    /** The number of the message that this is about. */
    target: number
    /** Why, in words; empty: not said. */
    reason?: string
}

/** The sender reacted to a message, or took it back. The same reaction twice counts once. */
export interface ReactionBody {
    type: 'reaction'
    /** The number of the message that this is about. */
    target: number
    /** 1 to 32 bytes of UTF-8. */
    emoji: string
    /** False: taken back. */
    on?: boolean
}

/** A message was pinned in the room, or unpinned. */
export interface PinBody {
    type: 'pin'
    /** The number of the message that this is about. */
    target: number
    /** False: unpinned. */
    on?: boolean
}

/** The sender became a member of the room. */
export interface JoinBody {
    type: 'join'
    /** `owner`, `moderator`, `member`, `guest` or `bot`; take another word for `member`. */
    role?: string
}

/** The sender's membership ended. */
export interface LeaveBody {
    type: 'leave'
    /**
     * Empty: asked to; `bye`: left the server; `expired`: a guest that stayed away; `banned`: a ban that
     * names no account; `deleted`: its account was.
     */
    reason?: string
}

/** The target's membership was ended by the sender. It may come back. */
export interface KickBody {
    type: 'kick'
    /** To whom it is done. */
    target: Named
    /** Why, in words; empty: not said. */
    reason?: string
}

/**
 * Whoever this fits is no member any more, and may not become one until then. One of `target`, `mask`,
 * `address`.
 */
export interface BanBody {
    type: 'ban'
    /** The participant. */
    target?: Named | null
    /** A pattern of nicks: `*` stands for any characters, `?` for one. */
    mask?: string
    /** `hidden` if it is an address or a network: `bans` tells moderators which. */
    address?: string
    /** When it ends: RFC 3339, UTC; absent: when it is lifted. */
    until?: string | null
    /** Why, in words; empty: not said. */
    reason?: string
}

/** A ban was lifted. */
export interface UnbanBody {
    type: 'unban'
    /** The number of the ban. */
    ban: number
    /** The participant. */
    target?: Named | null
    /** As in the ban. */
    mask?: string
}

/** The target may read, and say nothing until then. */
export interface MuteBody {
    type: 'mute'
    /** To whom it is done. */
    target: Named
    /** When it ends: RFC 3339, UTC; absent: when it is lifted. */
    until?: string | null
    /** Why, in words; empty: not said. */
    reason?: string
}

/** The target may speak again. */
export interface UnmuteBody {
    type: 'unmute'
    /** To whom it is done. */
    target: Named
}

/** The target has another role from here on. */
export interface PromotedBody {
    type: 'role'
    /** To whom it is done. */
    target: Named
    /** `owner`, `moderator`, `member`, `guest` or `bot`; take another word for `member`. */
    role?: string
}

/** The target may enter the private room. */
export interface InviteBody {
    type: 'invite'
    /** To whom it is done. */
    target: Named
}

/** The sender, who still bears the old nick in `sender`, is called `nick` from here on. */
export interface NickBody {
    type: 'nick'
    /** The new nick. */
    nick: string
}

/** The room's topic was set. */
export interface TopicBody {
    type: 'topic'
    /** The new topic; empty: none. */
    text: string
}

/** The room has another name from here on. The old one is refused with `moved`. */
export interface RenamedBody {
    type: 'renamed'
    /** The new `#name`. */
    name: string
    /** The name it had. */
    old?: string
}

/** Settings of the room are others from here on. Absent: as before. */
export interface ChangedBody {
    type: 'changed'
    /** What the room is for. */
    description?: string | null
    /** `public` or `private`. */
    kind?: string | null
    /** `all`: members may read all of it; `joined`: from their joining on. */
    history?: string | null
    /** Seconds between two messages of one member; 0: none. */
    slow?: number | null
    /** Days after which texts are erased; 0: never. */
    retention?: number | null
    /** True: it may be read, and nobody may write. */
    archived?: boolean | null
    /** `any`, or `local`: no line goes to a model on another machine. */
    models?: string | null
}

/** The sender lets bots talk with each other: so many lines, so long, for so many tokens, and no more. */
export interface ConversationBody {
    type: 'conversation'
    /** Who talks. */
    bots: readonly Named[]
    /** About what. */
    topic?: string
    /** How many lines, of all bots together. */
    turns?: number
    /** For how long, s. */
    seconds?: number
    /** For how many tokens, in and out, of all bots together; 0: not said. */
    tokens?: number
}

/** A conversation of bots has come to its end by itself. */
export interface ConcludedBody {
    type: 'concluded'
    /** Its number. */
    conversation: number
    /**
     * `settled`: they had said what there was; `turns`, `time`, `tokens`: it had as many as it was given;
     * `failed`: a bot could not answer. Take another word for `failed`.
     */
    how: string
    /** How many lines it had. */
    turns?: number
}

/** The sender told the bots to be quiet: answers under way end, and so does a conversation. */
export interface StoppedBody {
    type: 'stopped'
}

/** The sender let the bots go on, after as many lines in a row as they may have without a person. */
export interface ContinuedBody {
    type: 'continued'
}

/** The sender types, or stopped typing. Forget it after 6 seconds, or at the sender's next event. */
export interface TypingSignal {
    type: 'typing'
    /** False: stopped without sending. */
    on?: boolean
    /** It speaks: a clip of its is being made text of. */
    speaking?: boolean
}

/** Who came, who lost the connection, who went: all changes of the last second. Told without a sender. */
export interface PresenceSignal {
    type: 'presence'
    /** Connected now, and were not before. */
    online?: readonly Sender[]
    /** Ids: connection lost less than 15 s ago. */
    reconnecting?: readonly string[]
    /** Ids: not connected any more. */
    gone?: readonly string[]
    /** Those who are there in another way than before. */
    status?: readonly Status[]
    /** How many are connected now. */
    count?: number
    /** There were more changes than fit; ask `members`. */
    more?: boolean
}

/** A part of an answer that is still being written. */
export interface DraftSignal {
    type: 'draft'
    /** The draft's id. */
    draft: string
    /** Where the part goes, in code points from the start. */
    at: number
    /** The part. */
    append?: string
    /** Nothing comes of it: forget what was shown. */
    dropped?: boolean
}

/** How things are in the room: told once, when a reader has caught up. */
export interface StateSignal {
    type: 'state'
    /** Who is connected; at most 100. */
    here?: readonly Sender[]
    /** How many are connected. */
    count?: number
    /** Ids of those who type. */
    typing?: readonly string[]
    /** Answers that are still being written. */
    drafts?: readonly OpenDraft[]
    /** Of those here, who is not plainly `online`. */
    status?: readonly Status[]
}

/** A direct room of yours, which this connection has not joined, has news. Join it `after` what you have. */
export interface DirectSignal {
    type: 'direct'
    /** The room's newest event. */
    head: number
    /** The other participant. */
    peer: Sender
}

/** On another device of yours, the room was read up to here. Told without a sender. */
export interface MarkedSignal {
    type: 'marked'
    /** The newest event read. */
    seq: number
    /** In this thread; absent: in the room. */
    thread?: number | null
}

/** The sender lets you enter this private room: `join` it. */
export interface InvitedSignal {
    type: 'invited'
}

/** You do not follow this room any more. Told without a sender. */
export interface RemovedSignal {
    type: 'removed'
    /** `left` (on another device), `kicked`, `banned` or `deleted`; take another word for `left`. */
    reason?: string
}

/** A bot spoke, or was silent, where some would have expected an answer. Told without a sender. */
export interface DecisionSignal {
    type: 'decision'
    /** What it made of which lines, and why. */
    verdict: Verdict
    /** What the bot is called. */
    nick?: string
    /** Ids of those who would have expected it. */
    tell?: readonly string[]
}

/** To a bot host: the sender wants a bot to come, to be otherwise, or to go. Answer with `reply`. */
export interface AskedSignal {
    type: 'asked'
    /** Its number, for the `reply`. */
    ask: number
    /** `add`, `set`, `remove`, or `fetch` for a conversation. */
    do: string
    /** The bot's nick. */
    nick: string
    /** As in `bot`. */
    settings?: Readonly<Record<string, string>>
}

/** The reply to a request that was done; the fields of its answer stand beside these. */
export interface Ok {
    type: 'ok'
    /** The request's `id`. */
    re: number
}

/** The reply to a request that was refused. Nothing changed, unless `code` is `store_unavailable`. */
export interface ErrorReply {
    type: 'error'
    /** The request's `id`; null where none could be read. */
    re: number | null
    /** From the table of codes: for programs. */
    code: string
    /** What was wrong and what would be right: for people. */
    message: string
    /** When to try again, seconds from now. */
    retry_after?: number | null
    /** The request's field at fault. */
    field?: string | null
}

/** A fact in a room's log. */
export interface EventFrame {
    type: 'event'
    /** `#name` or `!id`. */
    room: string
    /** Its number in the room: 1, 2, 3 … without gaps. */
    seq: number
    /** When it was recorded, by the server's clock: RFC 3339, UTC, milliseconds. */
    at: string
    /** Who did it. */
    sender: Sender
    /** The nonce of the command; empty where it had none. */
    nonce: string
    /** What happened, told by its `type`. */
    body: Body
}

/** Something told and not logged. */
export interface SignalFrame {
    type: 'signal'
    /** `#name` or `!id`. */
    room: string
    /** Null where it is the server that tells. */
    sender: Sender | null
    /** What is told, by its `type`. */
    body: Signal
}

/** The last object of a connection: why it ends. */
export interface Goodbye {
    type: 'goodbye'
    /** From the table of codes: for programs. */
    code: string
    /** Why, and what would be right: for people. */
    message: string
    /** Come back after so many seconds; null: do not come back by yourself. */
    retry_after: number | null
}

/** What each request takes, besides `type` and `id`. */
export interface Requests {
    hello: HelloRequest
    login: LoginRequest
    register: RegisterRequest
    logout: LogoutRequest
    password: SetPasswordRequest
    unregister: UnregisterRequest
    devices: DevicesRequest
    revoke: RevokeRequest
    token: TokenRequest
    code: CodeRequest
    join: JoinRequest
    leave: LeaveRequest
    post: PostRequest
    edit: EditRequest
    redact: RedactRequest
    react: ReactRequest
    pin: PinRequest
    topic: TopicRequest
    create: CreateRequest
    set: SetRequest
    rename: RenameRequest
    delete: DeleteRequest
    invite: InviteRequest
    kick: KickRequest
    ban: BanRequest
    unban: UnbanRequest
    mute: MuteRequest
    unmute: UnmuteRequest
    role: RoleRequest
    nick: NickRequest
    mark: MarkRequest
    presence: PresenceRequest
    typing: TypingRequest
    history: HistoryRequest
    thread: ThreadRequest
    changes: ChangesRequest
    pins: PinsRequest
    search: SearchRequest
    rooms: RoomsRequest
    members: MembersRequest
    unread: UnreadRequest
    whois: WhoisRequest
    bans: BansRequest
    acts: ActsRequest
    draft: DraftRequest
    duet: DuetRequest
    conclude: ConcludeRequest
    stop: StopRequest
    continue: ContinueRequest
    decide: DecideRequest
    why: WhyRequest
    usage: UsageRequest
    remember: RememberRequest
    memories: MemoriesRequest
    forget: ForgetRequest
    bots: BotsRequest
    bot: BotRequest
    reply: ReplyRequest
    bot_put: BotPutRequest
    bot_room: BotRoomRequest
    bot_drop: BotDropRequest
    state_put: StatePutRequest
    state_get: StateGetRequest
    webhook_in: WebhookInRequest
    webhook_out: WebhookOutRequest
    webhook_set: WebhookSetRequest
    webhook_drop: WebhookDropRequest
    webhooks: WebhooksRequest
    accounts: AccountsRequest
    account_set: AccountSetRequest
    account_drop: AccountDropRequest
    server_rooms: ServerRoomsRequest
    limits: LimitsRequest
    ping: PingRequest
    bye: ByeRequest
}

export type RequestType = keyof Requests

/** What the `ok` to each request says, besides `type` and `re`. */
export interface Answers {
    post: Receipt
    edit: Receipt
    redact: Receipt
    react: Receipt
    pin: Receipt
    topic: Receipt
    create: Receipt
    set: Receipt
    rename: Receipt
    delete: Receipt
    invite: Receipt
    kick: Receipt
    ban: Receipt
    unban: Receipt
    mute: Receipt
    unmute: Receipt
    role: Receipt
    duet: Receipt
    conclude: Receipt
    stop: Receipt
    continue: Receipt
    logout: Done
    password: Done
    unregister: Done
    revoke: Done
    leave: Done
    mark: Done
    presence: Done
    typing: Done
    ping: Done
    bye: Done
    draft: Done
    decide: Done
    forget: Done
    reply: Done
    bot_room: Done
    bot_drop: Done
    history: Page
    thread: Page
    changes: Page
    pins: Page
    acts: Page
    hello: Welcome
    login: LoggedIn
    register: LoggedIn
    devices: DeviceList
    token: TokenMade
    code: CodeMade
    join: Joined
    nick: NickTaken
    search: Hits
    rooms: RoomList
    members: MemberList
    unread: UnreadList
    whois: Person
    bans: SanctionList
    why: Verdicts
    usage: UsageList
    memories: MemoryList
    remember: Remembered
    state_put: Version
    state_get: StateList
    bots: BotList
    bot: BotSaid
    bot_put: BotMade
    webhook_in: WebhookMade
    webhook_out: WebhookMade
    webhook_set: WebhookMade
    webhook_drop: Done
    webhooks: WebhookList
    accounts: AccountList
    account_set: AccountChanged
    account_drop: Done
    server_rooms: ServerRoomList
    limits: LimitList
}

/** Commands that carry a nonce. */
export type NonceType =
    | 'post'
    | 'edit'
    | 'redact'
    | 'react'
    | 'pin'
    | 'topic'
    | 'create'
    | 'set'
    | 'rename'
    | 'delete'
    | 'invite'
    | 'kick'
    | 'ban'
    | 'unban'
    | 'mute'
    | 'unmute'
    | 'role'
    | 'duet'
    | 'conclude'
    | 'stop'
    | 'continue'
    | 'bot'

/** What events say, by type. A type that came later is none of these. */
export interface Bodies {
    message: MessageBody
    edit: EditBody
    redaction: RedactionBody
    reaction: ReactionBody
    pin: PinBody
    join: JoinBody
    leave: LeaveBody
    kick: KickBody
    ban: BanBody
    unban: UnbanBody
    mute: MuteBody
    unmute: UnmuteBody
    role: PromotedBody
    invite: InviteBody
    nick: NickBody
    topic: TopicBody
    renamed: RenamedBody
    changed: ChangedBody
    conversation: ConversationBody
    concluded: ConcludedBody
    stopped: StoppedBody
    continued: ContinuedBody
}

export type Body = Bodies[keyof Bodies]

/** What signals say, by type. A type that came later is none of these. */
export interface Signals {
    typing: TypingSignal
    presence: PresenceSignal
    draft: DraftSignal
    state: StateSignal
    direct: DirectSignal
    marked: MarkedSignal
    invited: InvitedSignal
    removed: RemovedSignal
    decision: DecisionSignal
    asked: AskedSignal
}

export type Signal = Signals[keyof Signals]

export type FromServer = Ok | ErrorReply | EventFrame | SignalFrame | Goodbye

/** Every code of an error or a goodbye. */
export type ErrorCode =
    | 'internal'
    | 'bad_request'
    | 'unknown_type'
    | 'bad_text'
    | 'bad_name'
    | 'bad_query'
    | 'bad_url'
    | 'file_too_large'
    | 'bad_file_type'
    | 'no_such_path'
    | 'wrong_method'
    | 'body_too_large'
    | 'wrong_media'
    | 'bad_password'
    | 'forbidden'
    | 'hello_required'
    | 'login_required'
    | 'logged_in'
    | 'not_member'
    | 'bad_resume'
    | 'guests_off'
    | 'code_required'
    | 'bad_code'
    | 'bad_credentials'
    | 'registration_closed'
    | 'bad_invite'
    | 'account_required'
    | 'invite_only'
    | 'banned'
    | 'muted'
    | 'archived'
    | 'no_such_room'
    | 'no_such_nick'
    | 'no_such_event'
    | 'nick_taken'
    | 'account_taken'
    | 'room_exists'
    | 'moved'
    | 'no_such_device'
    | 'no_such_webhook'
    | 'no_such_file'
    | 'file_attached'
    | 'no_thumbnail'
    | 'nothing_to_do'
    | 'too_many'
    | 'bad_causes'
    | 'bounce_spent'
    | 'conversation_over'
    | 'let_people_speak'
    | 'stale'
    | 'no_bot_host'
    | 'cursor_ahead'
    | 'epoch_changed'
    | 'rate_limited'
    | 'slow_mode'
    | 'quota'
    | 'bot_pace'
    | 'no_space'
    | 'store_unavailable'
    | 'no_such_provider'
    | 'provider_incomplete'
    | 'extra_missing'
    | 'key_missing'
    | 'key_refused'
    | 'quota_spent'
    | 'model_unknown'
    | 'model_refused'
    | 'web_token_missing'
    | 'model_rate_limited'
    | 'model_timeout'
    | 'model_unreachable'
    | 'model_failed'
    | 'circuit_open'
    | 'speech_error'
    | 'bad_audio'
    | 'audio_too_long'
    | 'no_speech'
    | 'over_budget'
    | 'no_such_voice'
    | 'speech_trouble'
    | 'frame_too_large'
    | 'not_json'
    | 'tls_required'
    | 'unsupported_protocol'
    | 'login_timeout'
    | 'idle'
    | 'too_slow'
    | 'too_many_connections'
    | 'replaced'
    | 'account_gone'
    | 'too_many_wrong'
    | 'shutting_down'
    | 'bye'
    | 'busy'

/** What the table of rights is about. */
export type Action =
    | 'read'
    | 'post'
    | 'react'
    | 'edit'
    | 'redact_own'
    | 'redact'
    | 'pin'
    | 'call_everybody'
    | 'topic'
    | 'set'
    | 'rename'
    | 'delete'
    | 'invite'
    | 'kick'
    | 'ban'
    | 'mute'
    | 'role'
    | 'see_acts'
    | 'see_bans'
    | 'stop'
    | 'duet'
    | 'bots'
    | 'see_bots'
    | 'remember'
    | 'webhook_in'
    | 'webhook_out'

/** The kinds of room. */
export type RoomKind =
    | 'public'
    | 'private'
    | 'direct'
