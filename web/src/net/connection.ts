import type {
    Answers,
    ErrorReply,
    EventFrame,
    FromServer,
    Goodbye,
    LoggedIn,
    Requests,
    RequestType,
    SignalFrame,
    Welcome,
} from '../protocol/types'
import { wait } from './backoff'
import { Outbox, written, type Pending } from './outbox'
import { Refused } from './refused'
import { passed } from './tap'

/** How the connection is. Times are ms since 1970. */
export type Phase =
    | { readonly name: 'off' }
    | { readonly name: 'connecting'; readonly attempt: number }
    | { readonly name: 'online' }
    | { readonly name: 'waiting'; readonly until: number; readonly attempt: number; readonly code: string; readonly why: string }
    | { readonly name: 'ended'; readonly code: string; readonly message: string }

/** What a request takes: its type, `id`, `again`, and unless it is given a `nonce` too, come from here. */
export type Fields<T extends RequestType> = Omit<Requests[T], 'nonce' | 'again'> & { nonce?: string }

/** Whom the connection tells. */
export interface Listener {
    phase(phase: Phase): void
    welcomed(welcome: Welcome): void
    /** Whom to log in as. */
    credentials(): Requests['login']
    /** Logged in: rooms are joined here, and only then is sent again what has no reply. */
    loggedIn(answer: LoggedIn): void
    /** The login was refused; the connection is ended. */
    refused(why: Refused): void
    event(frame: EventFrame): void
    signal(frame: SignalFrame): void
    /** Requests wait, as the server asked, until this time (ms since 1970). */
    limited(until: number): void
}

const PATIENCE = 10_000 // ms for a greeting, or a pong
const MOST_REFUSALS = 6
const AGENT = 'roomful-web/1'

/** The page's one connection: comes back by itself, and sends again what had no reply. */
export class Connection {
    private socket: WebSocket | null = null
    private readonly outbox: Outbox
    private phase: Phase = { name: 'off' }
    private attempt = 0
    private most = 64
    private timer: ReturnType<typeof setTimeout> | undefined
    private pinging: ReturnType<typeof setInterval> | undefined
    private heard = 0 // when something came last, ms since 1970
    private who = '' // id of the participant whose requests wait

    constructor(
        private readonly url: string,
        private readonly listener: Listener,
        prefix: string,
    ) {
        this.outbox = new Outbox(prefix)
    }

    get online(): boolean {
        return this.phase.name === 'online'
    }

    /** Ask the server. Waits for a connection if there is none. Rejects with `Refused`. */
    ask<T extends RequestType>(type: T, fields: Fields<T>): Promise<Answers[T]> {
        return new Promise<Answers[T]>((resolve, reject) => {
            this.outbox.add(type, fields, resolve as Pending['resolve'], reject)
            this.flush()
        })
    }

    /** Ask only if there is a connection: for what is nothing later, such as typing. */
    mention<T extends RequestType>(type: T, fields: Fields<T>): void {
        if (this.online) void this.ask(type, fields).catch(() => undefined) // nobody waits for the answer
    }

    nonce(): string {
        return this.outbox.nonce()
    }

    /** Connect, now. */
    connect(): void {
        if (this.phase.name === 'connecting' || this.phase.name === 'online') return
        clearTimeout(this.timer)
        this.tell({ name: 'connecting', attempt: this.attempt })
        const socket = new WebSocket(this.url)
        this.socket = socket
        let why = ''
        let code = ''
        let after: number | null = null
        this.timer = setTimeout(() => socket.close(), PATIENCE)
        socket.onopen = () => this.greet(socket)
        socket.onmessage = (message) => {
            const frame = this.read(String(message.data))
            if (frame?.type !== 'goodbye') return
            why = frame.message
            code = frame.code
            after = frame.retry_after
            if (after === null) this.end(frame)
        }
        socket.onclose = () => {
            if (this.socket === socket) this.lost(why, after, code)
        }
    }

    /** Close, and do not come back. */
    end(why: Pick<Goodbye, 'code' | 'message'>): void {
        const socket = this.socket
        this.drop()
        socket?.close()
        this.outbox.giveUp(new Refused(why.code, why.message))
        this.who = ''
        this.tell(why.code === 'off' ? { name: 'off' } : { name: 'ended', code: why.code, message: why.message })
    }

    private drop(): void {
        clearTimeout(this.timer)
        clearInterval(this.pinging)
        this.socket = null
    }

    private lost(why: string, after: number | null, code = ''): void {
        this.drop()
        this.outbox.lost()
        const pause = wait(this.attempt, after, Math.random())
        this.tell({ name: 'waiting', until: Date.now() + pause, attempt: this.attempt, code, why })
        this.attempt += 1
        this.timer = setTimeout(() => this.connect(), pause)
    }

    private tell(phase: Phase): void {
        this.phase = phase
        this.listener.phase(phase)
    }

    // -- the beginning -------------------------------------------------------------------------

    private greet(socket: WebSocket): void {
        this.now('hello', { protocol: 1, agent: AGENT })
            .then((welcome) => {
                this.most = welcome.max_in_flight
                this.listener.welcomed(welcome)
                this.pinging = setInterval(() => this.ping(socket), Math.min(welcome.idle / 2, 25) * 1000)
                return this.now('login', this.listener.credentials())
            })
            .then((answer) => this.enter(answer))
            .catch((why: unknown) => this.shut(why))
    }

    private enter(answer: LoggedIn): void {
        clearTimeout(this.timer)
        this.attempt = 0
        if (this.who && this.who !== answer.participant.id) {
            this.outbox.giveUp(
                new Refused('outcome_unknown', 'You are somebody else now; what was not sent is not sent.'),
            )
        }
        this.who = answer.participant.id
        this.outbox.hold() // rooms are joined first
        this.tell({ name: 'online' })
        this.listener.loggedIn(answer)
        this.outbox.release()
        this.flush()
    }

    private shut(why: unknown): void {
        if (!(why instanceof Refused)) throw why
        if (why.code === 'not_connected') return // `lost` has told it
        this.attempt = 0
        this.end({ code: why.code, message: why.message })
        this.listener.refused(why)
    }

    private ping(socket: WebSocket): void {
        const dead = setInterval(() => {
            if (Date.now() - this.heard < PATIENCE) return // the answer stands behind much else
            clearInterval(dead)
            socket.close()
            if (this.socket === socket) this.lost('', null)
        }, PATIENCE)
        this.ask('ping', {}).then(
            () => clearInterval(dead),
            () => clearInterval(dead),
        )
    }

    // -- frames ---------------------------------------------------------------------------------

    /** Ask ahead of whatever waits: what opens a connection. */
    private now<T extends RequestType>(type: T, fields: Fields<T>): Promise<Answers[T]> {
        return new Promise<Answers[T]>((resolve, reject) => {
            this.write(this.outbox.first(type, fields, resolve as Pending['resolve'], reject))
        })
    }

    private flush(): void {
        if (this.online) for (const pending of this.outbox.take(this.most)) this.write(pending)
    }

    private write(pending: Pending): void {
        const text = written(pending)
        passed(true, text)
        this.socket?.send(text)
    }

    private read(text: string): FromServer | undefined {
        passed(false, text)
        this.heard = Date.now()
        const frame = JSON.parse(text) as FromServer
        switch (frame.type) {
            case 'event':
                this.listener.event(frame)
                break
            case 'signal':
                this.listener.signal(frame)
                break
            case 'ok':
                this.outbox.answered(frame.re)?.resolve(frame)
                this.flush()
                break
            case 'error':
                this.error(frame)
                this.flush()
        }
        return frame
    }

    private error(frame: ErrorReply): void {
        const pending = this.outbox.answered(frame.re)
        if (!pending) return
        const retry = frame.code === 'rate_limited' || frame.code === 'store_unavailable'
        if (!retry || pending.type === 'login' || pending.refusals >= MOST_REFUSALS) {
            pending.reject(Refused.by(frame))
            return
        }
        pending.refusals += 1
        const pause = (frame.retry_after ?? 1) * 1000
        if (frame.code === 'rate_limited') this.listener.limited(Date.now() + pause)
        this.outbox.rest(pending)
        setTimeout(() => {
            this.outbox.putBack(pending, frame.code === 'store_unavailable')
            this.flush()
        }, pause)
    }
}
