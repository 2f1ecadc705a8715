import { useLayoutEffect } from 'preact/hooks'

import { Composer } from '../composer/composer'
import { ConversationBar } from '../panels'
import { type Room } from '../state'
import { RoomHead } from './head'
import { Timeline } from './timeline'

/** A room: what it is, its lines, and where one writes. */
export function RoomView({ room }: { room: Room }) {
    useLayoutEffect(() => room.opened(), [room]) // before what is seen is marked as read
    return (
        <div class="room">
            <RoomHead room={room} />
            <Timeline room={room} />
            <ConversationBar room={room} />
            <Composer room={room} />
        </div>
    )
}
