import { Component, h, type FunctionComponent } from 'preact'

/** A component that is rendered anew only when one of its properties, or a signal that it reads, has changed. */
export function memo<Props extends object>(shown: FunctionComponent<Props>): FunctionComponent<Props> {
    class Memo extends Component<Props> {
        override shouldComponentUpdate(next: Props): boolean {
            const now = this.props as Record<string, unknown>
            return Object.entries(next).some(([name, value]) => value !== now[name])
        }

        override render() {
            return h(shown, this.props)
        }
    }
    return Memo as unknown as FunctionComponent<Props>
}
