import { Connection, type Fields, type Listener } from '../net/connection'
import type { Answers, LoggedIn, Requests, RequestType, Welcome } from '../protocol/types'
import { comeBack } from './coming'
import { heard, signalled } from './hearing'
import { forgetKept } from './keeping'
import { current, rooms } from './rooms'
import { device, epoch, limitedUntil, me, owner, phase, replaced, server } from './session'

const random = (): string => Math.random().toString(36).slice(2, 8)

let resume = '' // this page's own proof: it continues as the participant it was
let opening: Requests['login'] = {} // without it: the cookie's, which the server adds
const refusals = new Set<(why: Error) => void>()
const arrivals = new Set<(answer: LoggedIn) => void>()

const listener: Listener = {
    phase: (now) => {
        phase.value = now
    },
    welcomed: (welcome: Welcome) => {
        server.value = welcome
        if (epoch.value && epoch.value !== welcome.epoch) startAnew()
        epoch.value = welcome.epoch
    },
    credentials: () => (resume ? { resume, ...(me.value ? { nick: me.value.nick } : {}) } : opening),
    loggedIn: (answer) => {
        resume = answer.resume
        opening = {}
        if (me.value && me.value.id !== answer.participant.id) forgetEverything()
        me.value = answer.participant
        owner.value = answer.owner ?? false
        device.value = answer.device ?? ''
        limitedUntil.value = 0
        void comeBack()
        for (const tell of arrivals) tell(answer)
    },
    refused: (why) => {
        resume = ''
        for (const tell of refusals) tell(why)
    },
    event: heard,
    signal: signalled,
    limited: (until) => {
        limitedUntil.value = until
        setTimeout(
            () => {
                if (limitedUntil.value <= Date.now()) limitedUntil.value = 0
            },
            until - Date.now() + 20,
        )
    },
}

/** The server's data were replaced: the same numbers are other events now. */
function startAnew(): void {
    for (const room of rooms.value) room.forget()
    replaced.value = true
}

/** Somebody else is logged in: nothing of the one before may be seen. */
function forgetEverything(): void {
    rooms.value = []
    current.value = null
    void forgetKept()
}

const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`
const connection = new Connection(address, listener, random())

/**
 * Ask the server; the answer is the fields of its `ok`. Commands get a nonce by themselves, and are sent again, with it, when
 * the connection was lost before their receipt. Rejects with `Refused`, whose message is a sentence for people.
 */
export function ask<T extends RequestType>(type: T, fields: Fields<T>): Promise<Answers[T]> {
    return connection.ask(type, fields)
}

/** Ask only if there is a connection, and do not wait for the answer: typing, presence. */
export function mention<T extends RequestType>(type: T, fields: Fields<T>): void {
    connection.mention(type, fields)
}

/** A nonce for a command that is shown before it is answered. */
export const newNonce = (): string => connection.nonce()

/** Connect, as whoever the server's cookie says; or, before there is one, with these credentials. */
export function enter(credentials: Requests['login'] = {}): Promise<LoggedIn> {
    opening = credentials
    return new Promise((resolve, reject) => {
        const arrived = (answer: LoggedIn): void => settle(() => resolve(answer))
        const refused = (why: Error): void => settle(() => reject(why))
        function settle(tell: () => void): void {
            arrivals.delete(arrived)
            refusals.delete(refused)
            tell()
        }
        arrivals.add(arrived)
        refusals.add(refused)
        connection.connect()
    })
}

/** Try now, without waiting for the countdown. */
export const retry = (): void => connection.connect()

/** End the connection, and stay away. */
export function leave(): void {
    resume = ''
    connection.end({ code: 'off', message: '' })
    forgetEverything()
    me.value = null
}
