/** `/duet` as a form: which bots, about what, how many lines. */

import { useSignal } from '@preact/signals'

import { Avatar, Button, Dialog, TextField } from '../../design'
import { t } from '../../i18n'
import { ask, current, type Room } from '../../state'
import { useDoing, useLoaded } from '../asking'
import { closeDialog } from '../open'
import { Answer, Wrong } from '../parts'

const LEAST = 2
const MOST = 8

export default function DuetDialog({ bots = [] }: { bots?: readonly string[] }) {
    const room = current.value
    return room ? <Duet room={room} begin={bots} /> : null
}

function Duet({ room, begin }: { room: Room; begin: readonly string[] }) {
    const all = useLoaded(() => ask('bots', {}), [])
    const chosen = useSignal<readonly string[]>(begin)
    const topic = useSignal('')
    const turns = useSignal('12')
    const minutes = useSignal('10')
    const { busy, error, run } = useDoing()
    const toggle = (nick: string) => {
        const without = chosen.value.filter((one) => one !== nick)
        chosen.value = without.length < chosen.value.length ? without : [...without, nick].slice(-MOST)
    }
    const submit = async (event: Event) => {
        event.preventDefault()
        const fields = { topic: topic.value.trim(), turns: Number(turns.value), seconds: Number(minutes.value) * 60 }
        if (await run(() => ask('duet', { room: room.name.value, bots: [...chosen.value], ...fields }))) closeDialog()
    }
    const actions = (
        <>
            <Button onClick={closeDialog}>{t('common.cancel')}</Button>
            <Button
                look="primary"
                type="submit"
                form="duet-form"
                icon="play"
                busy={busy.value}
                disabled={chosen.value.length < LEAST}
            >
                {t('duet.begin')}
            </Button>
        </>
    )
    return (
        <Dialog title={t('duet.title')} onClose={closeDialog} actions={actions}>
            <form id="duet-form" class="stack" onSubmit={submit}>
                <p class="soft">{t('duet.what')}</p>
                {error.value && <Wrong>{error.value}</Wrong>}
                <fieldset class="pick">
                    <legend class="field-label">{t('duet.who')}</legend>
                    <Answer of={all}>
                        {({ bots }) => (
                            <div class="pick-row">
                                {bots.map((bot) => (
                                    <label key={bot.bot} class="pick-one">
                                        <input
                                            type="checkbox"
                                            name="bots"
                                            class="unseen"
                                            checked={chosen.value.includes(bot.nick)}
                                            onChange={() => toggle(bot.nick)}
                                        />
                                        <span>
                                            <Avatar id={bot.bot} nick={bot.nick} kind="bot" size="small" />
                                            {bot.nick}
                                        </span>
                                    </label>
                                ))}
                            </div>
                        )}
                    </Answer>
                </fieldset>
                <TextField
                    label={t('duet.topic')}
                    value={topic.value}
                    onValue={(v) => (topic.value = v)}
                    maxLength={500}
                    autofocus
                />
                <div class="two">
                    <TextField
                        label={t('duet.turns')}
                        type="number"
                        min={2}
                        max={500}
                        value={turns.value}
                        onValue={(v) => (turns.value = v)}
                    />
                    <TextField
                        label={t('duet.minutes')}
                        type="number"
                        min={1}
                        max={1440}
                        value={minutes.value}
                        onValue={(v) => (minutes.value = v)}
                    />
                </div>
            </form>
        </Dialog>
    )
}
