using Microsoft.AspNetCore.Identity;
using Npgsql;
using Widget.Api.Mail;
using Widget.Platform.Database;
using Widget.Platform.Work;

namespace Widget.Api.Accounts.Mails;

/// <summary>A claimed e-mail to an account.</summary>
internal sealed record AccountMailLease(
    Guid Id,
    string Kind,
    string Email,
    string Language,
    int Attempts,
    DateTimeOffset CreatedAt,
    Guid Worker);

/// <summary>
/// Sends e-mails to accounts. Links are made when an e-mail is sent, so they are not stored. A failed e-mail is tried again for a few
/// hours.
/// </summary>
internal sealed partial class AccountMailWorker(
    NpgsqlDataSource dataSource,
    IServiceScopeFactory scopes,
    AccountOptions accountOptions,
    MailOptions options,
    SmtpSender sender,
    MailStatus status,
    WakeUpSignal<AccountMailWorker> signal,
    TimeProvider clock,
    ILogger<AccountMailWorker> logger) : LeasedWorker<AccountMailLease>(Pace, clock, signal)
{
    private const int MaxAttempts = 8;
    private static readonly TimeSpan RecordingTime = TimeSpan.FromSeconds(10);
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(5), MaxPause: TimeSpan.FromSeconds(30));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(60), Renewal: TimeSpan.FromSeconds(15));

    protected override LeaseTimes? Lease => Times;

    protected override async Task<AccountMailLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        await using var claim = dataSource.CreateCommand(
            """
            update account_mails mail
            set lease_owner = $1, lease_until = clock_timestamp() + $2, attempts = mail.attempts + 1
            from (
              select id from account_mails
              where due_at <= clock_timestamp() and (lease_until is null or lease_until <= clock_timestamp())
              order by due_at
              for update skip locked
              limit 1
            ) due
            where mail.id = due.id
            returning mail.id, mail.kind, mail.email, mail.language, mail.attempts, mail.created_at
            """);
        claim.Parameters.Add(new() { Value = slot.Id });
        claim.Parameters.Add(new() { Value = Times.Length });
        await using var row = await claim.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? new AccountMailLease(
                row.GetGuid(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.GetInt32(4),
                row.GetFieldValue<DateTimeOffset>(5),
                slot.Id)
            : null;
    }

    protected override Task<bool> RenewAsync(AccountMailLease lease, CancellationToken ct) =>
        UpdateAsync(lease, "lease_until = clock_timestamp() + $3", Times.Length, ct);

    protected override async Task OnCancelledAsync(AccountMailLease lease, bool isStopping)
    {
        if (isStopping) await UpdateAsync(lease, "lease_until = clock_timestamp() + $3", TimeSpan.Zero, CancellationToken.None);
    }

    protected override async Task RunAsync(AccountMailLease lease, CancellationToken ct)
    {
        if (await WriteAsync(lease) is { } mail)
        {
            try
            {
                await sender.SendAsync(lease.Id, lease.CreatedAt, mail, ct);
                status.Succeeded();
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                var isFinal = lease.Attempts >= MaxAttempts || SmtpSender.IsFinal(e);
                if (!SmtpSender.IsFinal(e)) status.Failed(SmtpSender.Explain(e));
                LogFailed(SanitizedException.From(e), lease.Id, lease.Attempts, isFinal);
                if (!isFinal)
                {
                    var pause = options.FirstPause * Math.Pow(2, lease.Attempts - 1);
                    await UpdateAsync(
                        lease, "due_at = clock_timestamp() + $3, lease_owner = null, lease_until = null", pause, ct);
                    return;
                }
            }
        }

        // The e-mail has been sent, so a node that stops now still records that.
        using var recording = new CancellationTokenSource(RecordingTime, TimeProvider.System);
        await using var delete = dataSource.CreateCommand("delete from account_mails where id = $1 and lease_owner = $2");
        delete.Parameters.Add(new() { Value = lease.Id });
        delete.Parameters.Add(new() { Value = lease.Worker });
        await delete.ExecuteNonQueryAsync(recording.Token);
    }

    // Null if there is no account with the address, or nothing to say to it.
    private async Task<MailContent?> WriteAsync(AccountMailLease lease)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        if (await accounts.FindByEmailAsync(lease.Email) is not { } account) return null;
        // The account's own spelling of the address: mail servers could treat another one as another mailbox.
        var email = account.Email!;
        var words = AccountMailWords.Of(lease.Language);
        switch (lease.Kind)
        {
            case AccountMailKind.ConfirmEmail when !account.EmailConfirmed:
                var confirmation = await accounts.GenerateEmailConfirmationTokenAsync(account);
                return AccountMailTexts.Confirm(
                    words,
                    email,
                    accountOptions.Link("confirm-email", ("token", LinkToken.Create(account.Id, confirmation))));
            case AccountMailKind.ResetPassword:
                var reset = await accounts.GeneratePasswordResetTokenAsync(account);
                return AccountMailTexts.Reset(
                    words,
                    email,
                    accountOptions.Link("reset-password", ("token", LinkToken.Create(account.Id, reset))));
            case AccountMailKind.PasswordChanged:
                return AccountMailTexts.Changed(words, email, accountOptions.Link("forgot-password"));
            default:
                return null;
        }
    }

    private async Task<bool> UpdateAsync(AccountMailLease lease, string set, TimeSpan time, CancellationToken ct)
    {
#pragma warning disable CA2100 // Literals of this class. Values are parameters.
        await using var update = dataSource.CreateCommand($"update account_mails set {set} where id = $1 and lease_owner = $2");
#pragma warning restore CA2100
        update.Parameters.Add(new() { Value = lease.Id });
        update.Parameters.Add(new() { Value = lease.Worker });
        update.Parameters.Add(new() { Value = time });
        return await update.ExecuteNonQueryAsync(ct) == 1;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "E-mail {Mail} to an account could not be sent at attempt {Attempt}. Given up: {IsFinal}")]
    private partial void LogFailed(Exception exception, Guid mail, int attempt, bool isFinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; e-mails to accounts are sent when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending e-mails to accounts failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
