using System.Text;
using Widget.Api.Conversations;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>
/// An answer while a model writes it, in one or more rounds. Each round is verified against what has been gathered by then, and is a
/// paragraph of its own.
/// </summary>
internal sealed class AnswerDraft(WritingTask task, LiveAnswer live)
{
    private const string Gap = "\n\n";

    private readonly StringBuilder _shown = new();
    private readonly SortedDictionary<int, Citation> _cited = [];
    private VerifiedText? _round;
    private bool _needsGap;
    private int _written;

    public bool IsEmpty => string.IsNullOrWhiteSpace(_shown.ToString());

    /// <summary>Takes the next piece of the model's text. Returns false when the answer gets too long.</summary>
    public bool Append(string piece)
    {
        _written += piece.Length;
        if (_written > ModelAnswerWriter.MaxAnswerLength) return false;
        _round ??= task.Verify(task.Gathered);
        Show(_round.Append(piece));
        return true;
    }

    /// <summary>Ends the round; returns its verified text.</summary>
    public string EndRound()
    {
        if (_round is null) return "";
        Show(_round.Complete());
        foreach (var citation in _round.Cited) _cited[citation.Number] = citation;
        var text = _round.Text;
        _round = null;
        _needsGap = !IsEmpty;
        return text;
    }

    public WrittenAnswer ToAnswer() => new(_shown.ToString(), [.. _cited.Values]);

    private void Show(string verified)
    {
        if (verified.Length == 0) return;
        if (_needsGap)
        {
            // A round may begin with the white space that separates it.
            verified = verified.TrimStart();
            if (verified.Length == 0) return;
            verified = Gap + verified;
            _needsGap = false;
        }

        _shown.Append(verified);
        live.Append(verified);
    }
}
