import { Toasts, Tips } from '../design'
import { t } from '../i18n'
import { asking } from '../entry/door'
import { Entry } from '../entry/entry'
import { aside, current, me } from '../state'
import { listOpen, RoomList } from '../rooms/list'
import { RoomView } from '../timeline/room'
import { Aside } from './aside'
import { Banner } from './banner'
import { Overlays } from './overlays'
import { Title } from './title'

/** The page: who comes in, or the rooms, the timeline, and what stands beside it. */
export function App() {
    return (
        <>
            {asking.value ? <Entry /> : me.value ? <Shell /> : <Opening />}
            <Title />
            <Toasts />
            <Tips />
        </>
    )
}

function Opening() {
    return (
        <main class="opening" aria-busy="true">
            <Banner />
        </main>
    )
}

function Shell() {
    const room = current.value
    const looks = ['shell', listOpen.value || !room ? 'shell-list' : '', aside.value ? 'shell-aside' : '']
    return (
        <div class={looks.filter(Boolean).join(' ')}>
            <a class="skip" href="#composer" onClick={toComposer}>
                {t('app.skip')}
            </a>
            <RoomList />
            <main class="middle">
                <Banner />
                {room ? <RoomView key={room} room={room} /> : <p class="nowhere soft">{t('app.nowhere')}</p>}
            </main>
            {room && aside.value && <Aside room={room} />}
            <Overlays />
        </div>
    )
}

function toComposer(event: Event): void {
    event.preventDefault()
    document.querySelector<HTMLTextAreaElement>('.composer textarea')?.focus()
}
