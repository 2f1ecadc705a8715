"""Little words of questions in English, German, French and Spanish, which are not looked for."""

_ENGLISH = """
a about again all also am an and any anybody anyone anything are aren't around as ask asked at be because been being but by
can can't could couldn't did didn't do does doesn't doing don't ever for from get give had has have he her here hers him his
how i i'd i'll i'm i've if in into is isn't it it's its just know last lately many may me mean mention mentioned might more
most much my no nobody not of on one or our out over please really recently remember room said say says search see she should
show so some somebody someone something still such talk talked talking tell than that that's the their them then there these
they thing this those through to today told too up us was wasn't we were what what's when where where's which who who's whom
whose why will with won't would write wrote you you're your find look line lines often
"""
_GERMAN = """
aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein deine dem den denn der des die dies
diese dieser dieses doch du durch ein eine einem einen einer eines er es etwas euch euer für gab gesagt gesprochen gibt habe
haben hat hatte hatten hier hin ich ihm ihn ihr ihre ihren im in irgendwer irgendwo ist ja jemand kann kein keine können man
mein meine mich mir mit muss nach nicht nichts noch nun nur ob oder ohne sag sagen sagt sagte schon schrieb geschrieben sehr
sein seine seit sich sie sind so soll sollte über um und uns unser unter vom von vor wann war waren warum was weil welche
welcher welches wem wen wenn wer werden weshalb wie wieder wieso wieviel will wir wird wo wofür woher wohin worüber wurde
zeig zu zum zur
"""
_FRENCH = """
a ai as au aux avec avait avez avoir avons c'est ce ceci cela celle celui ces cet cette ceux combien comme comment d'un d'une
dans de depuis des dire dis dit dites donc du elle elles en encore es est est-ce et étaient était être eu fait fut il ils je
j'ai jamais l'on la là le les leur leurs lui ma mais me même mes moi mon n'est ne nos notre nous on ont ou où par parlé parler
pas peut plus pour pourquoi qu'a qu'est-ce qu'il qu'on qu'un qu'une quand que quel quelle quelles quelqu'un quels qui quoi
s'est sa sans se ses si
son sont sur ta te tes toi ton tu un une vos votre vous y ça
"""
_SPANISH = """
a al algo alguien algún alguna ante aquí así aún cada como cómo con cuál cuáles cuando cuándo cuánto cuántos cuántas de del
desde dicho dice dijeron dijo donde dónde dos e el él ella ellas ellos en entre era eran eres es esa ese eso esta está están
este esto fue ha había habló hablado hablar han hasta hay he la las le les lo los más me mi mis mucho muy nada ni no nos o os
otra otro para pero poco por porque porqué qué que quien quién quiénes quienes se ser si sí sin sobre son soy su sus también
te tiene todo tu tú tus un una uno unos usted y ya yo
"""

STOP_WORDS = frozenset(" ".join((_ENGLISH, _GERMAN, _FRENCH, _SPANISH)).split())

ASKS_WHO = frozenset(("who", "whom", "wer", "wem", "wen", "qui", "quién", "quien", "quiénes"))
ASKS_WHEN = frozenset(("when", "wann", "quand", "cuándo", "cuando"))
ASKS_COUNT = frozenset(("many", "often", "wieviel", "wieviele", "combien", "cuántos", "cuántas"))
