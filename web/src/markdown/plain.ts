/** What a line says without its marks: for where it is quoted in one row of text. */
export function plain(text: string): string {
    return text
        .replace(/```\w*\n?/g, '')
        .replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
        .replace(/^\s*(?:#{1,6}|>|[-+*]|\d+\.)\s+/gm, '')
        .replace(/(?<![\w*])(\*\*|\*|~~|`)(?=\S)([^\n]+?)(?<=\S)\1/g, '$2')
        .replace(/\s+/g, ' ')
        .trim()
}
