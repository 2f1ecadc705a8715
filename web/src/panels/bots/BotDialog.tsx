/** Let a bot come, or be otherwise: what `/bot add` and `/bot set` do. */

import { useSignal } from '@preact/signals'

import { Button, Dialog, Select, Switch, TextArea, TextField, toast } from '../../design'
import { t, type Key } from '../../i18n'
import type { BotInfo } from '../../protocol/types'
import { ask, current, server, type Room } from '../../state'
import { useDoing, useLoaded } from '../asking'
import { closeDialog } from '../open'
import { Answer, Wrong } from '../parts'
import { changes } from './changes'
import { MODES, modeOf, placeIn, SUGGESTED, type ModeName } from './words'

/** Of `nick`, if it is there; else a new one. */
export default function BotDialog({ nick }: { nick?: string }) {
    const room = current.value
    if (!room) return null
    return nick ? <Changing room={room} nick={nick} /> : <Adding room={room} />
}

const NAMES: Readonly<Record<ModeName, Key>> = {
    mention: 'modes.mention',
    lines: 'modes.lines',
    interval: 'modes.interval',
    keywords: 'modes.keywords',
    schedule: 'modes.schedule',
    lively: 'modes.lively',
    off: 'modes.off',
}
const VALUES: Readonly<Partial<Record<ModeName, Key>>> = {
    lines: 'modes.lines_value',
    interval: 'modes.interval_value',
    keywords: 'modes.keywords_value',
    schedule: 'modes.schedule_value',
}

interface Values {
    nick: string
    model: string
    mode: ModeName
    value: string
    persona: string
    budget: string
    voice: string
    host: boolean
}

const NEW: Values = { nick: '', model: '', mode: 'mention', value: '', persona: '', budget: '', voice: '', host: false }

function modeText({ mode, value }: Pick<Values, 'mode' | 'value'>): string {
    return VALUES[mode] ? `${mode}:${(value || SUGGESTED[mode] || '').trim()}` : mode
}

function Adding({ room }: { room: Room }) {
    const send = async (values: Values) => {
        const { nick, model, persona, budget, voice, host } = values
        const given = { model, persona, budget, voice, host: host ? 'true' : '', mode: modeText(values) }
        const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim()))
        return ask('bot', { room: room.name.value, do: 'add', nick: nick.trim().replace(/^@/, ''), settings })
    }
    return <Form title={t('bot_form.add', { room: room.title })} begin={NEW} fresh send={send} />
}

function Changing({ room, nick }: { room: Room; nick: string }) {
    const name = room.name.value
    const bots = useLoaded(() => described(name, nick), [name, nick])
    const bot = bots.value
    if (!bot) {
        return (
            <Dialog title={nick} onClose={closeDialog}>
                <Answer of={bots}>{() => t('bots.none')}</Answer>
            </Dialog>
        )
    }
    const place = placeIn(bot, name)
    const { name: mode, value } = modeOf(place?.mode ?? 'mention')
    const own = { nick, model: bot.model ?? '', voice: bot.voice ?? '', persona: bot.persona ?? '' }
    const begin = { ...NEW, ...own, mode: mode as ModeName, value, host: place?.host ?? false }
    const send = async (values: Values) => {
        const settings: Record<string, string> = {}
        if (values.model !== begin.model) settings['model'] = values.model
        if (values.mode !== begin.mode || values.value !== begin.value) settings['mode'] = modeText(values)
        if (values.persona !== begin.persona) settings['persona'] = values.persona
        if (values.budget) settings['budget'] = values.budget
        if (values.voice !== begin.voice) settings['voice'] = values.voice
        if (values.host !== begin.host) settings['host'] = values.host ? 'true' : 'false'
        return ask('bot', { room: name, do: 'set', nick, settings })
    }
    return <Form title={t('bot_form.change', { nick })} begin={begin} send={send} />
}

/** A bot as its members may know it; null: it is not there. */
async function described(room: string, nick: string): Promise<BotInfo | null> {
    const { bots } = await ask('bots', { room })
    const listed = bots.find((one) => one.nick === nick)
    return listed ? ((await ask('bots', { room, bot: listed.bot })).bots[0] ?? null) : null
}

interface FormProps {
    title: string
    begin: Values
    fresh?: boolean
    send: (values: Values) => Promise<{ text: string }>
}

function Form({ title, begin, fresh, send }: FormProps) {
    const values = useSignal(begin)
    const { busy, error, run } = useDoing()
    const set = (change: Partial<Values>) => (values.value = { ...values.value, ...change })
    const { nick, model, mode, value, persona, budget, voice, host } = values.value
    const submit = async (event: Event) => {
        event.preventDefault()
        const done = await run(async () => toast((await send(values.value)).text, 'good'))
        if (!done) return
        changes.value += 1
        closeDialog()
    }
    const actions = (
        <>
            <Button onClick={closeDialog}>{t('common.cancel')}</Button>
            <Button look="primary" type="submit" form="bot-form" busy={busy.value}>
                {fresh ? t('bots.add') : t('common.save')}
            </Button>
        </>
    )
    const kept = fresh ? undefined : t('bot_form.kept')
    return (
        <Dialog title={title} onClose={closeDialog} actions={actions}>
            <form id="bot-form" class="stack" onSubmit={submit}>
                {error.value && <Wrong>{error.value}</Wrong>}
                {fresh && (
                    <TextField
                        label={t('bot_form.nick')}
                        value={nick}
                        onValue={(v) => set({ nick: v })}
                        required
                        autofocus
                        plain
                        maxLength={32}
                    />
                )}
                <TextField
                    label={t('bot_form.model')}
                    help={t('bot_form.model_help')}
                    placeholder="offline:eliza"
                    value={model}
                    onValue={(v) => set({ model: v })}
                    plain
                />
                <div class="two">
                    <Select
                        label={t('bot_form.mode')}
                        value={mode}
                        onValue={(v) => set({ mode: v, value: '' })}
                        options={MODES.map((one) => [one, t(NAMES[one])] as const)}
                    />
                    {VALUES[mode] && (
                        <TextField
                            label={t(VALUES[mode])}
                            value={value}
                            placeholder={SUGGESTED[mode] ?? ''}
                            onValue={(v) => set({ value: v })}
                            plain
                        />
                    )}
                </div>
                <Switch
                    label={t('bot_form.host')}
                    help={t('bot_form.host_help')}
                    on={host}
                    onChange={(v) => set({ host: v })}
                />
                <TextArea
                    label={t('bot_form.persona')}
                    help={fresh || persona ? t('bot_form.persona_help') : kept}
                    value={persona}
                    onValue={(v) => set({ persona: v })}
                    maxLength={8000}
                />
                <TextField
                    label={t('bot_form.budget')}
                    help={kept ?? t('bot_form.budget_help')}
                    value={budget}
                    onValue={(v) => set({ budget: v })}
                    placeholder="0.20"
                    plain
                />
                {server.value?.speaks && (
                    <TextField
                        label={t('bot_form.voice')}
                        help={t('bot_form.voice_help')}
                        value={voice}
                        onValue={(v) => set({ voice: v })}
                        plain
                        maxLength={200}
                    />
                )}
            </form>
        </Dialog>
    )
}
