using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Accounts.Sessions;

/// <summary>Begins, lists and ends sessions.</summary>
internal sealed class SessionService(AccountsDb db, TimeProvider clock, IHttpContextAccessor http)
{
    private const int TokenBytes = 32;
    private const int MaxDeviceLength = 300;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>Begins a session.</summary>
    /// <param name="account">The account.</param>
    /// <param name="method">One of <see cref="SignInMethod"/>.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <param name="only">The one tenant that the session reaches; null for all of the account.</param>
    public async Task<SignInResult> BeginAsync(Guid account, string method, CancellationToken ct, TenantId? only = null)
    {
        var token = MemberSession.Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var request = http.HttpContext;
        var session = new AccountSession
        {
            Id = Guid.CreateVersion7(),
            AccountId = account,
            Hash = ApiKey.HashOf(token),
            Method = method,
            OnlyTenantId = only?.Value,
            Device = request?.Request.Headers.UserAgent.ToString() is { Length: > 0 } device
                ? Truncation.Truncate(device.Replace("\0", "", StringComparison.Ordinal), MaxDeviceLength)
                : null,
            Address = request?.Connection.RemoteIpAddress?.ToString(),
            ExpiresAt = clock.GetUtcNow() + Lifetime,
        };
        db.Sessions.Add(session);
        await db.SaveChangesAsync(ct);
        return new SignInResult(SignInResult.SignedIn) { Token = token, ExpiresAt = session.ExpiresAt };
    }

    /// <summary>When the session with this token ends. Null if there is none.</summary>
    public async Task<DateTimeOffset?> EndOfAsync(string token, CancellationToken ct)
    {
        var hash = ApiKey.HashOf(token);
        return (await db.Sessions.AsNoTracking().SingleOrDefaultAsync(row => row.Hash == hash, ct))?.ExpiresAt;
    }

    /// <summary>The account's sessions that have not ended, last used first.</summary>
    public async Task<IReadOnlyList<AccountSession>> ListAsync(Guid account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.Sessions.AsNoTracking().Where(row => row.AccountId == account && row.ExpiresAt > now)
            .OrderByDescending(row => row.LastUsedAt).ThenByDescending(row => row.Id)
            .ToListAsync(ct);
    }

    /// <summary>Ends a session. False if the account has no such session.</summary>
    public async Task<bool> EndAsync(Guid account, Guid session, CancellationToken ct) =>
        await db.Sessions.Where(row => row.AccountId == account && row.Id == session).ExecuteDeleteAsync(ct) > 0;

    /// <summary>Ends all sessions of an account, except one.</summary>
    public Task EndOthersAsync(Guid account, Guid? except, CancellationToken ct) =>
        db.Sessions.Where(row => row.AccountId == account && row.Id != except).ExecuteDeleteAsync(ct);
}
