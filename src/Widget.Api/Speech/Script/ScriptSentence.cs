namespace Widget.Api.Speech.Script;

/// <summary>A sentence of an answer as it is spoken.</summary>
/// <param name="Index">From 0, over the whole answer.</param>
/// <param name="Text">What is said.</param>
/// <param name="Places">For each UTF-16 unit of <paramref name="Text"/>, where in the answer it stands.</param>
internal sealed record ScriptSentence(int Index, string Text, IReadOnlyList<(int Start, int End)> Places)
{
    /// <summary>Where it begins in the answer.</summary>
    public int Start => Places[0].Start;

    /// <summary>Where it ends there.</summary>
    public int End => Places[^1].End;
}
