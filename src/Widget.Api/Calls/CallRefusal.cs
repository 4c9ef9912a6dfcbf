using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Web;

namespace Widget.Api.Calls;

/// <summary>Why a call can't be opened.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">For programs; part of the API.</param>
/// <param name="Message">For the visitor.</param>
public sealed record CallRefusal(int Status, string Code, string Message)
{
    /// <summary>For the tenant's staff: what is missing, and what to do about it.</summary>
    public string Advice { get; init; } = Message;

    internal static CallRefusal NoConversation { get; } = new(
        StatusCodes.Status404NotFound,
        "no_conversation",
        "There is no such conversation.");

    /// <summary>The tenant's monthly messages, tokens or spend are used up.</summary>
    internal static CallRefusal BudgetReached { get; } = new(
        StatusCodes.Status402PaymentRequired,
        "budget_reached",
        "The company's budget for this month is used up. You can switch to text.")
    {
        Advice = "This month's budget is used up (see GET /api/usage). Raise it in the settings, or wait for the first of next month.",
    };

    /// <summary>The tenant's monthly minutes are used up, or reserved by calls in progress.</summary>
    /// <param name="mode">video or voice.</param>
    /// <param name="setting">The setting that limits the minutes.</param>
    internal static CallRefusal OutOfMinutes(string mode, string setting) => new(
        StatusCodes.Status402PaymentRequired,
        "out_of_budget",
        $"This month's {mode} minutes are used up. You can switch to text.")
    {
        Advice = $"This month's {mode} minutes are used up, or reserved by calls in progress. Raise {setting}, or wait for the first of "
            + "next month.",
    };

    /// <summary>The provider does not answer, or its answer was lost.</summary>
    /// <param name="mode">video or voice.</param>
    internal static CallRefusal Unreachable(string mode) => new(
        StatusCodes.Status503ServiceUnavailable,
        "unreachable",
        $"The {mode} service can't be reached right now. Please try again in a moment, or switch to text.");

    internal ProblemHttpResult ToProblem() => Problems.Because(Status, Message, Code);
}
