using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Inbox;

/// <summary>Why an action of a rep was not done.</summary>
internal enum InboxRefusal
{
    None,
    NoSuchConversation,

    /// <summary>Another rep has the conversation.</summary>
    Taken,

    /// <summary>The rep must accept the conversation first.</summary>
    NotAccepted,

    /// <summary>The conversation is not in a state in which this makes sense.</summary>
    WrongState,

    /// <summary>The rep who should get the conversation is offline.</summary>
    RepAway,

    NoSuchAttachment,
}

/// <summary>The outcome of a rep's action.</summary>
/// <param name="Refusal">Why it was not done.</param>
/// <param name="Holder">The rep who has the conversation, if that is why.</param>
internal readonly record struct InboxOutcome(InboxRefusal Refusal, InboxRep? Holder = null)
{
    public static InboxOutcome Done => new(InboxRefusal.None);

    public bool IsDone => Refusal == InboxRefusal.None;

    public static InboxOutcome Taken(InboxRep holder) => new(InboxRefusal.Taken, holder);

    public static implicit operator InboxOutcome(InboxRefusal refusal) => new(refusal);

    /// <summary>The refusal as an endpoint's result.</summary>
    public ProblemHttpResult ToProblem() => Refusal switch
    {
        InboxRefusal.NoSuchConversation => Problems.NotFound("conversation"),
        InboxRefusal.Taken => TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            title: $"{Holder!.Name} has this conversation.",
            extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = "taken", ["rep"] = Holder }),
        InboxRefusal.NotAccepted => Problems.Create(
            StatusCodes.Status409Conflict,
            "Accept the conversation first.",
            "not_accepted"),
        InboxRefusal.RepAway => Problems.Create(
            StatusCodes.Status409Conflict,
            "This rep is offline. Choose another one, or the queue.",
            "rep_away"),
        InboxRefusal.NoSuchAttachment => Problems.Create(
            StatusCodes.Status404NotFound,
            "An attachment was not found. Upload the file to this conversation and send it once.",
            "no_attachment"),
        _ => Problems.Create(StatusCodes.Status409Conflict, "This isn't possible in the conversation's current state.", "wrong_state"),
    };
}
