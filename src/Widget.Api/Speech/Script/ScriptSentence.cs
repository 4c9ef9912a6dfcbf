namespace Widget.Api.Speech.Script;

/// <summary>A sentence of an answer as it is spoken.</summary>
/// <param name="Index">Counts the answer's sentences from 0.</param>
/// <param name="Text">The spoken text.</param>
/// <param name="Places">For each UTF-16 unit of <paramref name="Text"/>, its start and end in the answer.</param>
internal sealed record ScriptSentence(int Index, string Text, IReadOnlyList<(int Start, int End)> Places)
{
    /// <summary>Start of the sentence in the answer.</summary>
    public int Start => Places[0].Start;

    /// <summary>End of the sentence in the answer.</summary>
    public int End => Places[^1].End;
}
