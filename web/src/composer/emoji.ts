/** Emoji by name: a small table, loaded when the first is wanted. */

const TABLE = `
smile 😄 grin 😁 joy 😂 laugh 😆 wink 😉 blush 😊 heart_eyes 😍 kiss 😘 thinking 🤔 neutral 😐 sweat 😅 cry 😢 sob 😭 angry 😠
rage 😡 scream 😱 shrug 🤷 facepalm 🤦 sleepy 😴 sick 🤒 party 🥳 cool 😎 nerd 🤓 robot 🤖 ghost 👻 skull 💀 alien 👽 eyes 👀
thumbs_up 👍 +1 👍 thumbs_down 👎 -1 👎 ok_hand 👌 clap 👏 wave 👋 pray 🙏 thanks 🙏 muscle 💪 point_up ☝️ point_right 👉
handshake 🤝 raised_hand ✋ crossed_fingers 🤞 writing ✍️ brain 🧠 heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚
blue_heart 💙 purple_heart 💜 black_heart 🖤 broken_heart 💔 sparkles ✨ star ⭐ fire 🔥 hundred 💯 boom 💥 tada 🎉 confetti 🎊
gift 🎁 cake 🎂 trophy 🏆 medal 🏅 rocket 🚀 bulb 💡 idea 💡 zap ⚡ sun ☀️ rainbow 🌈 cloud ☁️ rain 🌧️ snow ❄️ moon 🌙 earth 🌍
check ✅ yes ✅ cross ❌ no ❌ warning ⚠️ question ❓ exclamation ❗ plus ➕ minus ➖ stop 🛑 pause ⏸️ play ▶️ repeat 🔁 new 🆕
bug 🐛 wrench 🔧 hammer 🔨 gear ⚙️ lock 🔒 unlock 🔓 key 🔑 link 🔗 pin 📌 paperclip 📎 memo 📝 book 📖 books 📚 newspaper 📰
calendar 📅 clock 🕒 hourglass ⏳ alarm ⏰ mail ✉️ phone 📞 computer 💻 keyboard ⌨️ camera 📷 mic 🎤 speaker 🔊 mute 🔇 bell 🔔
chart 📈 money 💰 coffee ☕ tea 🍵 beer 🍺 wine 🍷 pizza 🍕 burger 🍔 fries 🍟 apple 🍎 banana 🍌 lemon 🍋 cookie 🍪 bread 🍞
cat 🐱 dog 🐶 mouse 🐭 fox 🦊 bear 🐻 panda 🐼 frog 🐸 monkey 🐵 chicken 🐔 penguin 🐧 owl 🦉 bee 🐝 turtle 🐢 snake 🐍 whale 🐳
fish 🐟 octopus 🐙 tree 🌳 flower 🌸 rose 🌹 cactus 🌵 leaf 🍃 mushroom 🍄 car 🚗 bus 🚌 train 🚆 bike 🚲 plane ✈️ ship 🚢 house 🏠
school 🏫 office 🏢 hospital 🏥 mountain ⛰️ beach 🏖️ map 🗺️ flag 🚩 ball ⚽ basketball 🏀 tennis 🎾 chess ♟️ dice 🎲 game 🎮 music 🎵
guitar 🎸 art 🎨 film 🎬 telescope 🔭 microscope 🔬 test_tube 🧪 magnet 🧲 puzzle 🧩 crystal_ball 🔮 recycle ♻️ peace ☮️ infinity ♾️`

const pairs: readonly (readonly [string, string])[] = (() => {
    const words = TABLE.trim().split(/\s+/)
    return Array.from({ length: words.length / 2 }, (_, at) => [words[2 * at]!, words[2 * at + 1]!] as const)
})()

/** Names and emoji in which a word stands, those that begin with it first; each emoji once. */
export function search(word: string, most: number): (readonly [string, string])[] {
    const wanted = word.toLowerCase()
    const found = pairs.filter(([name]) => name.includes(wanted))
    found.sort((a, b) => Number(b[0].startsWith(wanted)) - Number(a[0].startsWith(wanted)))
    const seen = new Set<string>()
    return found.filter(([, emoji]) => !seen.has(emoji) && seen.add(emoji)).slice(0, most)
}

/** The emoji of a name. */
export const named = (name: string): string | undefined => pairs.find(([one]) => one === name.toLowerCase())?.[1]
