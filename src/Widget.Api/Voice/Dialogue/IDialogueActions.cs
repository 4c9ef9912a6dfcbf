using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// What a dialogue can do. Actions run in the order of the calls. No method waits for a result: results arrive later, one at a time,
/// through <see cref="IVoiceDialogue"/>.
/// </summary>
internal interface IDialogueActions
{
    /// <summary>Sends a message to the provider.</summary>
    void Send(JsonObject message);

    /// <summary>Shows the phase and a caption on the visitor's page.</summary>
    void ShowState(VoicePhase phase, VoiceCaption? caption);

    /// <summary>Appends an utterance to the conversation's log.</summary>
    void LogUtterance(SpokenUtterance utterance);

    /// <summary>
    /// Searches the knowledge base for what the visitor said. The result goes to <see cref="IVoiceDialogue.HandleSearchResult"/>.
    /// </summary>
    void SearchKnowledge(string item, string text);

    /// <summary>Runs a tool for the model. Its output goes to <see cref="IVoiceDialogue.HandleToolResult"/>.</summary>
    /// <param name="callId">The provider's id of the tool call.</param>
    /// <param name="name">The tool's name.</param>
    /// <param name="arguments">JSON, as the model wrote it.</param>
    void RunTool(string callId, string name, string arguments);

    /// <summary>Answers a question as the chat would. The answer goes to <see cref="IVoiceDialogue.HandleToolResult"/>.</summary>
    void AnswerQuestion(string callId, string question);

    /// <summary>Adds to a usage figure.</summary>
    void AddUsage(string figure, long amount);

    /// <summary>Sets a usage figure that the provider reports as a running total.</summary>
    void SetUsage(string figure, long total);

    /// <summary>Runs an action later, unless the call ends first.</summary>
    void RunAfter(TimeSpan delay, Action then);

    /// <summary>Ends the call. The first reason counts.</summary>
    void End(VoiceEndReason reason);

    /// <summary>Logs a warning for the operator.</summary>
    void Warn(string message);
}

/// <summary>An utterance in a call.</summary>
/// <param name="Item">The provider's id of the conversation item.</param>
/// <param name="Speaker">Who said it.</param>
/// <param name="Text">What was said. If the speaker was interrupted, only what was said before.</param>
/// <param name="Interrupted">Whether the speaker was interrupted.</param>
internal sealed record SpokenUtterance(string Item, Speaker Speaker, string Text, bool Interrupted);
