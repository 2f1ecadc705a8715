import { Panels } from '../panels'
import { Changes, Erasing } from '../timeline/changes'

/** Dialogs above the page. */
export function Overlays() {
    return (
        <>
            <Changes />
            <Erasing />
            <Panels />
        </>
    )
}
