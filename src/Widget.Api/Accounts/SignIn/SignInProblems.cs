using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Limits;
using Widget.Api.Web;

namespace Widget.Api.Accounts.SignIn;

/// <summary>The errors of sign-ins.</summary>
internal static class SignInProblems
{
    public const string WrongPassword = "The e-mail address or the password is wrong.";
    public const string WrongCode = "The code is wrong, was used before, or came too late. If it still fails, sign in again.";

    /// <summary>423 during a lock, 401 otherwise.</summary>
    public static ProblemHttpResult Refuse(HttpContext http, string title, DateTimeOffset? lockedUntil)
    {
        if (lockedUntil is not { } until) return Problems.Create(StatusCodes.Status401Unauthorized, title);
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        var minutes = Math.Max(1, (int)Math.Ceiling((until - clock.GetUtcNow()).TotalMinutes));
        Refusal.SetRetryAfter(http, minutes * 60);
        return Problems.Create(
            StatusCodes.Status423Locked,
            string.Create(
                CultureInfo.InvariantCulture,
                $"There were too many attempts. Please try again in {minutes} {(minutes == 1 ? "minute" : "minutes")}, ")
                + "or set a new password with \"Forgot password\".",
            "locked");
    }
}
