/** The server's figures: what /metrics says in Prometheus' text form. Pure. */

/** Values by name; samples with labels are added up. */
export function figures(text: string): ReadonlyMap<string, number> {
    const found = new Map<string, number>()
    for (const line of text.split('\n')) {
        const parts = /^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? (\S+)/.exec(line)
        const [name, value] = [parts?.[1], Number(parts?.[2])]
        if (name && !Number.isNaN(value)) found.set(name, (found.get(name) ?? 0) + value)
    }
    return found
}
