import { signal } from '@preact/signals'

import { told } from '../app/telling'
import { forgetWriting } from '../composer/composing'
import { toast } from '../design'
import { t } from '../i18n'
import { Refused, enter, leave, type Room, current, go, join, open, place, recall, rooms } from '../state'
import { parse } from '../state/place'

/** Whether to ask who comes: nobody is logged in here. */
export const asking = signal(false)
/** Secrets that a link brought, of the fragment: the code of `--lan`, or the first owner's. They leave the address bar at once. */
export const brought = signal<{ code: string; owner: string }>({ code: '', owner: '' })

const KNOWN = 'roomful.known' // somebody was logged in here: no flash of the entry

/** What is sent to become somebody. */
export type Credentials =
    | { readonly nick: string; readonly code?: string }
    | { readonly account: string; readonly password: string; readonly remember: boolean }

interface Problem {
    readonly code?: string
    readonly detail?: string
    readonly title?: string
    readonly field?: string
    readonly retry_after?: number
}

async function post(path: string, body: object): Promise<void> {
    let response: Response
    try {
        response = await fetch(`/api/v1/${path}`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
            credentials: 'same-origin',
        })
    } catch {
        throw new Refused('not_connected', 'The server cannot be reached.')
    }
    if (response.ok) return
    const problem = (await response.json().catch(() => ({}))) as Problem
    const words = problem.detail ?? problem.title ?? `The server answered ${response.status}.`
    throw new Refused(problem.code ?? 'refused', words, problem.retry_after ?? null, problem.field ?? null)
}

/** Come in as a guest, or as an account. Throws `Refused`. */
export async function logIn(credentials: Credentials): Promise<void> {
    await post('login', credentials)
    await arrive()
}

/** Make an account and come in. Throws `Refused`. */
export async function register(account: string, password: string, invite: string): Promise<void> {
    await post('register', { account, password, remember: true, ...(invite ? { invite } : {}) })
    await arrive()
}

/** Log out, and forget here whatever was read. */
export async function logOut(): Promise<void> {
    await post('logout', {}).catch(() => undefined) // without a server there is nobody to log out from
    leave()
    forgetWriting()
    localStorage.removeItem(KNOWN)
    asking.value = true
}

/** The cookie is there: connect, and go to where the address points. */
async function arrive(): Promise<void> {
    await enter()
    localStorage.setItem(KNOWN, '1')
    brought.value = { code: '', owner: '' }
    asking.value = false
    await openFirst()
}

/** Begin: as who one was here the last time, from what is kept, or by asking. */
export async function begin(): Promise<void> {
    takeSecrets()
    followAddresses()
    const wanted = parse(location.pathname)
    place.value = { ...wanted, wish: 1 }
    if (!localStorage.getItem(KNOWN) || brought.value.owner) {
        asking.value = true
        return
    }
    if (await recall()) show(wanted.room)
    try {
        await arrive()
    } catch (why) {
        if (!(why instanceof Refused)) throw why
        leave()
        localStorage.removeItem(KNOWN)
        asking.value = true
    }
}

/** Back and forward, and links to rooms and lines, lead there within the page. */
function followAddresses(): void {
    window.addEventListener('popstate', () => {
        const to = parse(location.pathname)
        if (to.room) open(to.room, to.seq)
    })
    document.addEventListener('click', (event) => {
        const link = event.target instanceof Element ? event.target.closest('a') : null
        const plain =
            !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0
        if (!link || !plain || link.target || link.origin !== location.origin) return
        const to = parse(link.pathname)
        if (!to.room) return
        event.preventDefault()
        join(to.room, false).then(
            (room) => go(room.name.value, to.seq),
            (why: unknown) => notThere(to.room, why),
        )
    })
}

function takeSecrets(): void {
    const given = new URLSearchParams(location.hash.slice(1))
    const code = given.get('code') ?? new URLSearchParams(location.search).get('code') ?? ''
    brought.value = { code, owner: given.get('owner') ?? '' }
    if (location.hash || location.search) history.replaceState(null, '', location.pathname)
}

const LOBBY = '#lobby'

/** The room of the address, or one that one is in, or the lobby. */
async function openFirst(): Promise<void> {
    const { room, seq } = place.value
    const name =
        room || current.value?.name.value || rooms.value.find((one) => one.name.value === LOBBY)?.name.value || LOBBY
    let found: Room
    try {
        found = await join(name, name === LOBBY)
    } catch (why) {
        if (name === LOBBY) throw why
        notThere(name, why)
        found = await join(LOBBY)
    }
    if (found.name.value.toLowerCase() === name.toLowerCase()) go(found.name.value, seq)
    else go(found.name.value)
}

/** An address led nowhere: say so, and where there is no such room, offer to make it. */
function notThere(name: string, why: unknown): void {
    if (!(why instanceof Refused)) throw why
    const make = () => told(join(name).then((room) => go(room.name.value)))
    const offer = why.code === 'no_such_room' && name.startsWith('#')
    toast(why.message, 'danger', offer ? { label: t('entry.make_room'), onPick: make } : undefined)
}

function show(wanted: string): void {
    const named = rooms.value.find((room) => room.name.value === wanted)
    current.value = named ?? rooms.value.find((room) => room.name.value === LOBBY) ?? rooms.value[0] ?? null
}
