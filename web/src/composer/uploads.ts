import { signal, type Signal } from '@preact/signals'

import { t } from '../i18n'
import type { Room } from '../state'

/** A file on its way to the server, or there and not yet said. */
export interface Upload {
    readonly name: string
    readonly size: number
    /** 0 to 1. */
    readonly done: Signal<number>
    /** Its id on the server, once it is there. */
    readonly id: Signal<string>
    /** What was wrong with it. */
    readonly refused: Signal<string>
    cancel(): void
}

const all = new Map<string, Signal<readonly Upload[]>>()

/** The files that are to go with the next line said there. */
export function uploads(room: Room, thread: number): Signal<readonly Upload[]> {
    const key = `${room.id}/${thread}`
    let found = all.get(key)
    if (!found) all.set(key, (found = signal([])))
    return found
}

/** Send files to the server; each is shown with its progress. */
export function upload(room: Room, thread: number, files: Iterable<File>): void {
    const list = uploads(room, thread)
    for (const file of files) list.value = [...list.value, begin(room, list, file)]
}

/** Send one; `list` is where it stands until it is cancelled. */
export function begin(room: Room, list: Signal<readonly Upload[]>, file: File): Upload {
    const request = new XMLHttpRequest()
    const one: Upload = {
        name: file.name || 'file',
        size: file.size,
        done: signal(0),
        id: signal(''),
        refused: signal(''),
        cancel: () => {
            request.abort()
            list.value = list.value.filter((other) => other !== one)
        },
    }
    const name = encodeURIComponent(one.name)
    request.open('POST', `/api/v1/rooms/${encodeURIComponent(room.name.value)}/files?name=${name}`)
    request.setRequestHeader('X-Roomful', '1')
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    request.upload.onprogress = (event) => (one.done.value = event.total ? event.loaded / event.total : 0)
    request.onload = () => arrived(one, request)
    request.onerror = () => (one.refused.value = t('upload.lost'))
    request.send(file)
    return one
}

function arrived(one: Upload, request: XMLHttpRequest): void {
    const said = answer(request.responseText)
    if (request.status < 300 && said.id) {
        one.done.value = 1
        one.id.value = said.id
    } else one.refused.value = said.detail ?? t('upload.refused')
}

function answer(text: string): { id?: string; detail?: string } {
    try {
        return JSON.parse(text) as { id?: string; detail?: string }
    } catch {
        return {} // a server without files answers with a page
    }
}
