using System.Text.Json;

namespace Widget.Api.Voice.Dialogue;

/// <summary>Runs the conversation of one call in a provider's protocol. The methods are called one at a time.</summary>
internal interface IVoiceDialogue
{
    /// <summary>Starts the dialogue when this node is connected to the provider.</summary>
    /// <param name="isNew">Whether this is the call's first connection; false when this node took the call over.</param>
    void Start(bool isNew);

    /// <summary>Handles an event from the provider.</summary>
    void HandleEvent(JsonElement message);

    /// <summary>Handles the result of a knowledge search.</summary>
    /// <param name="item">The item that the search was for.</param>
    /// <param name="result">A note for the model; null for none.</param>
    void HandleSearchResult(string item, string? result);

    /// <summary>Handles the output of a tool, or an answer.</summary>
    void HandleToolResult(string callId, string output);

    /// <summary>Handles a message that the visitor typed. It is already in the log.</summary>
    void HandleTypedMessage(string item, string text);

    /// <summary>Handles the push-to-talk button: pressed or released.</summary>
    void HandlePushToTalk(bool pressed);

    /// <summary>Stops the assistant from speaking.</summary>
    void Interrupt();

    /// <summary>Ends the dialogue. Logs the utterances that are not logged yet.</summary>
    void Close();
}
