using System.Text.Json;

namespace Widget.Api.Voice.Dialogue;

/// <summary>Runs one call's conversation in a provider's protocol. The methods are called one at a time.</summary>
internal interface IVoiceDialogue
{
    /// <summary>The server is connected to the provider.</summary>
    /// <param name="isNew">The call's first connection, not one of a node that took the call over.</param>
    void Begin(bool isNew);

    /// <summary>The provider sent an event.</summary>
    void Hear(JsonElement message);

    /// <summary>A knowledge search finished.</summary>
    /// <param name="item">What the visitor said.</param>
    /// <param name="found">The result for the model; null when there is nothing to tell it.</param>
    void LookedUp(string item, string? found);

    /// <summary>A tool or an answer finished.</summary>
    void ToolRan(string callId, string output);

    /// <summary>The visitor typed a message. It is in the log already.</summary>
    void Say(string item, string text);

    /// <summary>The visitor pressed or released the push-to-talk button.</summary>
    void Talk(bool pressed);

    /// <summary>The visitor wants the assistant to stop speaking.</summary>
    void Interrupt();

    /// <summary>The call is over. Logs what was said and is not logged yet.</summary>
    void Close();
}
