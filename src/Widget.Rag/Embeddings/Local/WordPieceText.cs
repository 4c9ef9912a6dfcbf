using System.Collections.Frozen;

namespace Widget.Rag.Embeddings.Local;

/// <summary>
/// Removes accents, as the uncased BERT models' own text preparation does. Their vocabulary has no accented letters, so a word with one
/// would be unknown to the models. <see cref="Text.NormalizedText"/> is not used here because it may change: stored vectors and the
/// router's weights depend on the text that this class returns.
/// </summary>
internal static class WordPieceText
{
    private const string Accented =
        "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮ"
        + "įİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžƠơƯưǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǞǟǠǡǦǧǨǩǪǫǬ"
        + "ǭǰǴǵǸǹǺǻȀȁȂȃȄȅȆȇȈȉȊȋȌȍȎȏȐȑȒȓȔȕȖȗȘșȚțȞȟȦȧȨȩȪȫȬȭȮȯȰȱȲȳ";

    private const string Plain =
        "AAAAAACEEEEIIIINOOOOOUUUUYaaaaaaceeeeiiiinooooouuuuyyAaAaAaCcCcCcCcDdEeEeEeEeEeGgGgGgGgHhIiIiIiI"
        + "iIJjKkLlLlLlNnNnNnOoOoOoRrRrRrSsSsSsSsTtTtUuUuUuUuUuUuWwYyYZzZzZzOoUuAaIiOoUuUuUuUuUuAaAaGgKkOoO"
        + "ojGgNnAaAaAaEeEeIiIiOoOoRrRrUuUuSsTtHhAaEeOoOoOoOoYy";

    private static readonly FrozenDictionary<char, char> PlainOf =
        Accented.Zip(Plain).ToFrozenDictionary(pair => pair.First, pair => pair.Second);

    public static string Prepare(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u00C0', '\u036F')) return text;
        return string.Concat(text.Where(letter => !IsCombiningMark(letter)).Select(letter => PlainOf.GetValueOrDefault(letter, letter)));
    }

    private static bool IsCombiningMark(char letter) => letter is >= '\u0300' and <= '\u036F';
}
