using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Handoffs;
using Widget.Api.Web;

namespace Widget.Api.Calls;

/// <summary>Why a call can't be opened.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">For programs; part of the API.</param>
/// <param name="Message">For the visitor.</param>
public sealed record CallRefusal(int Status, string Code, string Message)
{
    // A visitor needs to know what works, not how much the company has used.
    private const string NotNow = "Calls aren't available right now. You can write to us here.";

    /// <summary>For the tenant's staff: what is missing and how to fix it.</summary>
    public string Advice { get; init; } = Message;

    internal static CallRefusal NoConversation { get; } = new(
        StatusCodes.Status404NotFound,
        "no_conversation",
        "There is no such conversation.");

    /// <summary>The visitor may not write, so they may not call either.</summary>
    internal static CallRefusal Banned { get; } = new(
        StatusCodes.Status403Forbidden,
        VisitorBannedException.Code,
        VisitorBannedException.Text);

    /// <summary>A rep has the conversation, so the assistant may not speak.</summary>
    internal static CallRefusal PersonSpeaks { get; } = new(
        StatusCodes.Status409Conflict,
        "person_speaks",
        "A person has this conversation. Please write to them here.");

    /// <summary>The tenant's monthly messages, tokens or spend are used up.</summary>
    internal static CallRefusal BudgetReached { get; } = new(
        StatusCodes.Status402PaymentRequired,
        "budget_reached",
        NotNow)
    {
        Advice = "This month's budget is used up (see GET /api/usage). Raise it in the settings, or wait for the first of next month.",
    };

    /// <summary>The tenant's monthly minutes are used up, or reserved by calls in progress.</summary>
    /// <param name="mode">video or voice.</param>
    /// <param name="setting">The setting that limits the minutes.</param>
    internal static CallRefusal OutOfMinutes(string mode, string setting) => new(
        StatusCodes.Status402PaymentRequired,
        "out_of_budget",
        NotNow)
    {
        Advice = $"This month's {mode} minutes are used up, or reserved by calls in progress. Raise {setting}, or wait for the first of "
            + "next month.",
    };

    /// <summary>The tenant has switched the mode off.</summary>
    /// <param name="mode">Video or Voice.</param>
    /// <param name="setting">The setting that switches it on.</param>
    internal static CallRefusal NotEnabled(string mode, string setting) => new(
        StatusCodes.Status409Conflict,
        $"{mode.ToLowerInvariant()}_not_enabled",
        $"{mode} is not enabled for this company.")
    {
        Advice = $"{mode} is off. Set {setting} in the settings.",
    };

    /// <summary>The tenant or the installation lacks something that only its staff can set.</summary>
    /// <param name="code">The refusal's code.</param>
    /// <param name="mode">Video or Voice.</param>
    /// <param name="missing">What is missing, such as "the key is missing".</param>
    internal static CallRefusal NotSetUp(string code, string mode, string missing) =>
        new(StatusCodes.Status503ServiceUnavailable, code, $"{mode} is not set up here: {missing}.");

    /// <summary>The provider did not open the call.</summary>
    /// <param name="code">The refusal's code.</param>
    /// <param name="call">"video call" or "call".</param>
    /// <param name="reason">Why the call was not opened.</param>
    internal static CallRefusal NotStarted(string code, string call, string reason) =>
        new(StatusCodes.Status502BadGateway, code, $"The {call} couldn't be started: {reason}. You can switch to text.");

    /// <summary>The provider does not answer, or its answer was lost.</summary>
    /// <param name="mode">video or voice.</param>
    internal static CallRefusal Unreachable(string mode) => new(
        StatusCodes.Status503ServiceUnavailable,
        "unreachable",
        $"The {mode} service can't be reached right now. Please try again in a moment, or switch to text.");

    internal ProblemHttpResult ToProblem() => Problems.Create(Status, Message, Code);
}
