using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Mail;

/// <summary>A claimed e-mail.</summary>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Mail">The e-mail.</param>
/// <param name="Worker">The worker that has claimed it.</param>
internal sealed record MailLease(TenantId Tenant, Guid Mail, Guid Worker);

/// <summary>
/// Sends the e-mails of the outbox. A failed e-mail is tried again later, each time after a longer pause, for about a day. An e-mail may
/// arrive twice if a node dies between sending it and recording that; both then have the same message id.
/// </summary>
internal sealed partial class MailWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    MailOptions options,
    SmtpSender sender,
    MailStatus status,
    WakeUpSignal<MailWorker> signal,
    TimeProvider clock,
    ILogger<MailWorker> logger) : LeasedWorker<MailLease>(Pace, clock, signal)
{
    private const int MaxAttempts = 12;
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(3);
    private const string WithoutTexts = "recipient = '', subject = '', text = '', html = '', reply_to = null, calendar = null";
    private static readonly TimeSpan RecordingTime = TimeSpan.FromSeconds(10);
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(5), MaxPause: TimeSpan.FromSeconds(30));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(60), Renewal: TimeSpan.FromSeconds(15));

    protected override LeaseTimes? Lease => Times;

    protected override async Task<MailLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, id from claim_mail($1, $2)",
            [slot.Id, Times.Length],
            row => new MailLease(new TenantId(row.GetGuid(0)), row.GetGuid(1), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override Task<bool> RenewAsync(MailLease lease, CancellationToken ct) => ExtendAsync(lease, Times.Length, ct);

    protected override async Task OnCancelledAsync(MailLease lease, bool isStopping)
    {
        if (isStopping) await ExtendAsync(lease, TimeSpan.Zero, CancellationToken.None);
    }

    protected override async Task RunAsync(MailLease lease, CancellationToken ct)
    {
        OutboxMail? mail;
        await using (var db = await database.BeginAsync(lease.Tenant, ct))
            mail = await db.Mails.AsNoTracking().SingleOrDefaultAsync(row => row.Id == lease.Mail, ct);
        if (mail is null) return; // It was deleted with its tenant or conversation.
        try
        {
            await sender.SendAsync(mail, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            await FailAsync(lease, mail.Attempts, e, ct);
            return;
        }

        status.Succeeded();
        // The e-mail has been sent, so a node that stops now still records that. Its texts are not needed any more and are deleted.
        using var recording = new CancellationTokenSource(RecordingTime, TimeProvider.System);
        await UpdateAsync(
            lease,
            $"sent_at = now(), error = null, {WithoutTexts}",
            [],
            recording.Token);
        LogSent(lease.Tenant, lease.Mail, mail.Attempts);
    }

    private async Task FailAsync(MailLease lease, int attempts, Exception exception, CancellationToken ct)
    {
        var reason = SmtpSender.Explain(exception);
        var isFinal = attempts >= MaxAttempts || SmtpSender.IsFinal(exception);
        // If the server refuses a recipient, the server itself works.
        if (!SmtpSender.IsFinal(exception)) status.Failed(reason);
        LogFailed(SanitizedException.From(exception), lease.Tenant, lease.Mail, attempts, isFinal);
        if (isFinal)
        {
            await UpdateAsync(lease, $"failed_at = now(), error = $3, {WithoutTexts}", [reason], ct);
            return;
        }

        var pause = options.FirstPause * Math.Pow(2, attempts - 1);
        await UpdateAsync(lease, "due_at = clock_timestamp() + $4, error = $3", [reason, pause > MaxPause ? MaxPause : pause], ct);
    }

    private async Task UpdateAsync(MailLease lease, string set, object[] values, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            $"update mail_outbox set {set}, lease_owner = null, lease_until = null where id = $1 and lease_owner = $2",
            [lease.Mail, lease.Worker, .. values]);
        await batch.RunAsync(ct);
    }

    private async Task<bool> ExtendAsync(MailLease lease, TimeSpan time, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            "update mail_outbox set lease_until = clock_timestamp() + $3 where id = $1 and lease_owner = $2 returning 1",
            [lease.Mail, lease.Worker, time]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "E-mail {Mail} of tenant {Tenant} was sent at attempt {Attempt}")]
    private partial void LogSent(TenantId tenant, Guid mail, int attempt);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "E-mail {Mail} of tenant {Tenant} could not be sent at attempt {Attempt}. Given up: {IsFinal}")]
    private partial void LogFailed(Exception exception, TenantId tenant, Guid mail, int attempt, bool isFinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; e-mails are sent when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending e-mails failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
