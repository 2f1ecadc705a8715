/** What is asked by HTTP and not over the connection, since it sets the browser's cookie: logging in and out, making an account. */

import { Refused } from '../../state'

interface Problem {
    code?: string
    detail?: string
    retry_after?: number
    field?: string
}

/** Post to the API as this page; the answer's JSON. Throws `Refused`. */
export async function post(path: 'login' | 'register' | 'logout', fields: object): Promise<unknown> {
    const response = await fetch(`/api/v1/${path}`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(fields),
    }).catch(() => null)
    if (!response) throw new Refused('not_connected', 'The server cannot be reached just now.')
    const body = (await response.json().catch(() => ({}))) as Problem
    if (response.ok) return body
    throw new Refused(
        body.code ?? 'internal',
        body.detail ?? response.statusText,
        body.retry_after ?? null,
        body.field ?? null,
    )
}
