using System.Collections.Frozen;

namespace Widget.Rag.Text;

/// <summary>
/// Words that say little about a text's topic but much about its language: articles, pronouns, prepositions, auxiliaries.
/// </summary>
public static class StopWords
{
    /// <summary>By ISO 639-1 code.</summary>
    public static FrozenDictionary<string, FrozenSet<string>> ByLanguage { get; } = new Dictionary<string, string>
    {
        ["en"] = """
            a about after all also am an and any are as at be because been before being between both but by can could did do does
            doing down during each few for from further had has have having he her here hers him his how i if in into is it its just
            me more most my no nor not now of off on once only or other our out over own same she should so some such than that the
            their them then there these they this those through to too under until up very was we were what when where which while
            who whom why will with would you your
            """,
        ["de"] = """
            aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein dem den denn der des die dies diese
            dieser dieses doch dort du durch ein eine einem einen einer eines er es euer für gegen haben hat hatte hier ich ihm ihn
            ihnen ihr ihre im in ist ja jede jeder kann kein keine können machen man mehr mein mich mir mit muss nach nicht noch nun
            nur ob oder ohne sehr sein seine sich sie sind so soll über um und uns unser unter vom von vor wann war waren warum was
            weil welche wenn wer werden wie wieder will wir wird wo würde zu zum zur zwischen
            """,
        ["es"] = """
            a al algo ante como con contra cual cuando de del desde donde dos el ella ellas ellos en entre era es esa ese eso esta
            estas este esto estos está están fue ha han hasta hay la las le les lo los más me mi muy nada ni no nos nosotros o os otra
            otro para pero poco por porque puede puedo que quien qué se sea ser si sin sobre son su sus también tengo tiene todo todos
            tu tus un una uno unos usted y ya yo cómo cuál cuándo cuánto dónde él
            """,
        ["fr"] = """
            a ai au aux avec avez avons c ce ces cet cette comment d dans de des du elle elles en est et être eu fait il ils j je
            l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou où par pas plus pour pourquoi puis puisque
            qu quand que quel quelle quels qui s sa sans se ses si son sont sous suis sur ta te tes toi ton tous tout très tu un une
            vos votre vous y à était été
            """,
        ["it"] = """
            a ad agli ai al alla alle allo anche avere c che chi ci come con cosa cui da dagli dai dal dalla dei del dell della delle
            di dopo dove e ed era essere fra gli ha hanno ho i il in io l la le lei li lo loro lui ma mi mia mio nei nel nella noi non
            nostro o ogni per perché più può quale quando quanto quella quello questa questo se sei senza si sia siamo sono sua sul
            sulla suo ti tra tu tua tuo tutti un una uno vi voi è
            """,
        ["pt"] = """
            a ao aos as até com como da das de dela dele deles do dos e ela elas ele eles em entre era essa esse esta este eu foi for
            há isso isto já lhe mais mas me mesmo meu minha muito na nas nem no nos nossa nosso não o os ou para pela pelo pode por
            porque qual quando que quem se sem ser seu sua são só também te tem tenho ter teu tua um uma você vocês à às é está onde
            """,
    }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet());

    private static readonly FrozenSet<string> OfAnyLanguage = ByLanguage.Values.SelectMany(words => words).ToFrozenSet();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        OfAnyLanguage.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="word">The word in lower case.</param>
    public static bool Contains(ReadOnlySpan<char> word) => Lookup.Contains(word);
}
