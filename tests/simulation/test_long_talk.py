"""A room whose talk is longer than what a model is given."""

from tests.bots_host.stage import bot, staged


async def test_a_long_talk_on_a_server_that_does_not_search_is_answered() -> None:
    """Recall looks for older lines; where nothing looks for them, the bot answers without."""
    async with staged() as stage:
        model = stage.script("gpt", "Here I am.")
        await stage.host(bot("gpt"))
        ann = await stage.person("ann")
        for number in range(70):
            await ann.say(f"line {number} about trains and weather")
        await ann.say("@gpt what about the trains?")
        await ann.hears("gpt", "Here I am.")
        given = "\n".join(one.text for one in model.asked[0].messages)
        assert "line 69 " in given
        assert "line 0 " not in given
