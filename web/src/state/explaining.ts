import { Refused } from '../net/refused'
import { ask } from './client'
import { keepSoon } from './keeping'
import { withPage } from './reasons'
import type { Room } from './room'

const AT_ONCE = 100 // verdicts in an answer

/**
 * Learn why bots were silent at these lines, as people were told: one cheap question, asked along with that for the lines. Who
 * reads can do without the answer, so nothing fails with it.
 */
export async function reasonsOf(room: Room, first: number, last: number): Promise<void> {
    try {
        for (let rest = last; rest >= first && rest > 0; ) rest = await part(room, Math.max(1, first), rest)
    } catch (why) {
        if (!(why instanceof Refused)) throw why
    }
}

async function part(room: Room, first: number, last: number): Promise<number> {
    const asked = Date.now()
    const answer = await ask('why', { room: room.name.value, first, last, limit: AT_ONCE })
    const rest = answer.rest ?? 0
    const page = answer.verdicts.map((verdict) => ({
        verdict,
        nick: answer.nicks?.[verdict.bot] ?? '',
        at: asked,
    }))
    room.decisions.value = withPage(room.decisions.value, [Math.max(first, rest + 1), last], asked, page)
    if (page.length) keepSoon(room)
    return rest
}

/** The same of the newest lines, once after the room was entered, when it is shown. */
export async function newestReasons(room: Room): Promise<void> {
    const from = room.unexplained.value
    if (!from) return
    room.unexplained.value = 0
    await reasonsOf(room, from, room.head.peek())
}
