using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace Widget.Api.Tests.Mail;

/// <summary>An SMTP server (RFC 5321) that keeps what it receives. It can be told to refuse.</summary>
internal sealed class SmtpReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _accepting;

    public SmtpReceiver()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ConcurrentQueue<MimeMessage> Messages { get; } = [];

    /// <summary>The recipient of each e-mail that a client has begun to send, as in RCPT TO.</summary>
    public ConcurrentQueue<string> Attempts { get; } = [];

    /// <summary>The response to a recipient; null to accept it.</summary>
    public string? RecipientResponse { get; set; }

    /// <summary>What clients have sent as credentials, decoded.</summary>
    public ConcurrentQueue<string> Credentials { get; } = [];

    public Uri Address => new($"smtp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stopped.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await SendAsync("220 receiver ESMTP");
            while (await reader.ReadLineAsync(_stopped.Token) is { } line)
            {
                switch (line.Split(' ', ':')[0].ToUpperInvariant())
                {
                    case "EHLO":
                        await SendAsync("250-receiver\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 AUTH PLAIN");
                        break;
                    case "AUTH":
                        var plain = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[^1]));
                        Credentials.Enqueue(plain.Replace('\0', ' ').Trim());
                        await SendAsync("235 welcome");
                        break;
                    case "RCPT":
                        Attempts.Enqueue(line.Split('<', '>')[1]);
                        await SendAsync(RecipientResponse ?? "250 ok");
                        break;
                    case "DATA":
                        await SendAsync("354 go on");
                        await ReadMessageAsync();
                        await SendAsync("250 ok");
                        break;
                    case "QUIT":
                        await SendAsync("221 bye");
                        return;
                    default:
                        await SendAsync("250 ok");
                        break;
                }
            }

            async Task ReadMessageAsync()
            {
                var text = new StringBuilder();
                while (await reader.ReadLineAsync(_stopped.Token) is { } line and not ".")
                    text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
                using var content = new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()));
                Messages.Enqueue(await MimeMessage.LoadAsync(content, _stopped.Token));
            }

            async Task SendAsync(string response) => await stream.WriteAsync(Encoding.ASCII.GetBytes(response + "\r\n"), _stopped.Token);
        }
    }
}
