using Npgsql;
using Widget.Api.Mail;
using Widget.Platform.Work;

namespace Widget.Api.Accounts.Mails;

/// <summary>The e-mails to accounts.</summary>
internal static class AccountMailKind
{
    public const string ConfirmEmail = "confirm-email";
    public const string ResetPassword = "reset-password";
    public const string PasswordChanged = "password-changed";
}

/// <summary>
/// Requests e-mails to accounts. A request is stored for every address, and <see cref="AccountMailWorker"/> finds out later whether there
/// is an account. So the answer to "forgot password" takes the same time for every address.
/// </summary>
internal sealed class AccountMails(
    NpgsqlDataSource dataSource,
    MailOptions options,
    IHttpContextAccessor http,
    WakeUpSignal<AccountMailWorker> signal)
{
    /// <summary>
    /// Requests an e-mail in the language of the browser that makes the current request. Does nothing on an installation that sends none.
    /// </summary>
    public async Task AddAsync(string kind, string email, CancellationToken ct)
    {
        if (!options.IsConfigured) return;
        await using var add = dataSource.CreateCommand(
            "insert into account_mails (id, kind, email, language) values ($1, $2, $3, $4)");
        add.Parameters.Add(new() { Value = Guid.CreateVersion7() });
        add.Parameters.Add(new() { Value = kind });
        add.Parameters.Add(new() { Value = email });
        add.Parameters.Add(new() { Value = AccountMailWords.Of(http.HttpContext).Language });
        await add.ExecuteNonQueryAsync(ct);
        signal.Raise();
    }
}
