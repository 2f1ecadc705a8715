import { toast } from '../design'
import { Refused } from '../state'

/** Do what was asked, and say what was wrong if it was refused. */
export function told(asked: Promise<unknown>, well?: string): void {
    asked.then(
        () => {
            if (well) toast(well, 'good')
        },
        (why: unknown) => {
            if (!(why instanceof Refused)) throw why
            toast(why.message, 'danger')
        },
    )
}
