using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// What a dialogue can bring about. Everything is done in the order in which it is asked for, and nothing of it is waited for: what comes of it, the
/// dialogue is told later, one thing at a time.
/// </summary>
internal interface IVoiceStage
{
    /// <summary>Sends a message to the provider.</summary>
    void Send(JsonObject message);

    /// <summary>Shows the visitor what is going on.</summary>
    void Show(VoicePhase phase, VoiceCaption? caption);

    /// <summary>Writes something that was said into the conversation's log.</summary>
    void Log(SpokenLine line);

    /// <summary>Finds what the reply to a visitor's words can rest on; the answer comes to <see cref="IVoiceDialogue.LookedUp"/>.</summary>
    void LookUp(string item, string words);

    /// <summary>Runs a tool for the model; what came of it comes to <see cref="IVoiceDialogue.ToolRan"/>.</summary>
    /// <param name="callId">The provider's id of the call.</param>
    /// <param name="name">The tool's.</param>
    /// <param name="arguments">JSON, as the model wrote it.</param>
    void RunTool(string callId, string name, string arguments);

    /// <summary>Answers a question with our own answers, in words to be spoken; the answer comes to <see cref="IVoiceDialogue.ToolRan"/>.</summary>
    void Answer(string callId, string question);

    /// <summary>Adds to one of the provider's figures.</summary>
    void Count(string figure, long amount);

    /// <summary>Sets one of the provider's figures that it adds up itself.</summary>
    void Total(string figure, long amount);

    /// <summary>Does something a while later, unless the call is over by then.</summary>
    void After(TimeSpan delay, Action then);

    /// <summary>Ends the call.</summary>
    void End(VoiceEndReason reason);

    /// <summary>Something that an operator should know.</summary>
    void Note(string words);
}

/// <summary>Something that was said in a call.</summary>
/// <param name="Item">The provider's id of it.</param>
/// <param name="Speaker">Who said it.</param>
/// <param name="Text">What was heard of it.</param>
/// <param name="Interrupted">The speaker was cut off.</param>
internal sealed record SpokenLine(string Item, Speaker Speaker, string Text, bool Interrupted);

/// <summary>Owns one call's conversation: what comes from the provider, the visitor's buttons and our own side, one at a time.</summary>
internal interface IVoiceDialogue
{
    /// <summary>The line to the provider stands; again when another node takes the call over.</summary>
    /// <param name="isNew">Nobody has held this call before.</param>
    void Begin(bool isNew);

    /// <summary>The provider says something.</summary>
    void Hear(JsonElement message);

    /// <summary>What was found for a visitor's words; null for nothing that the model need know.</summary>
    void LookedUp(string item, string? found);

    /// <summary>A tool has run, or a question was answered.</summary>
    void ToolRan(string callId, string output);

    /// <summary>The visitor has typed something. It is in the log already.</summary>
    void Say(string item, string text);

    /// <summary>The visitor holds the button to speak, or lets it go.</summary>
    void Talk(bool pressed);

    /// <summary>The visitor wants quiet.</summary>
    void Interrupt();

    /// <summary>The call is over: what was said and is not in the log yet goes there.</summary>
    void Close();
}
