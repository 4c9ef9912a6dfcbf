using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Platform.Database;
using Widget.Platform.Outbound;

namespace Widget.Api.Voice.Providers;

/// <summary>Opens WebSockets of JSON messages, through which this node follows and controls calls.</summary>
public sealed class VoiceSockets(IHttpClientFactory clients, TimeProvider clock)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(6);

    /// <summary>Connects to a call.</summary>
    /// <param name="account">The account to connect as.</param>
    /// <param name="path">The path below the endpoint.</param>
    /// <param name="ct">Cancels the attempt.</param>
    /// <exception cref="VoiceProviderException">The call does not exist, or the provider can't be reached.</exception>
    public async Task<IVoiceConnection> ConnectAsync(VoiceAccount account, string path, CancellationToken ct)
    {
        var address = VoiceHttp.Address(account, path);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            // Without keep-alives, a broken connection can't be told from a quiet call.
            socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(10);
            socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
            VoiceHttp.Authorize(account, socket.Options.SetRequestHeader);
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timeout.CancelAfter(ConnectTimeout);
            var scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws";
            await socket.ConnectAsync(
                new UriBuilder(address) { Scheme = scheme }.Uri, clients.ForEndpoint(account.BelongsToTenant), timeout.Token);
            return new WebSocketConnection(socket, clock);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new VoiceProviderException(VoiceFault.Temporary, "The provider did not answer in time.");
        }
        catch (WebSocketException e)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new VoiceProviderException(
                status switch
                {
                    404 => VoiceFault.NotFound,
                    401 or 403 => VoiceFault.BadKey,
                    402 => VoiceFault.Quota,
                    _ => VoiceFault.Temporary,
                },
                status == 0 ? "The provider can't be reached." : $"The provider answered {status}.",
                e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class WebSocketConnection(ClientWebSocket socket, TimeProvider clock) : IVoiceConnection
    {
        /// <summary>Events contain text and no audio, so a larger message is an error of the provider.</summary>
        private const int MaxMessageBytes = 4 * 1024 * 1024;

        private readonly SemaphoreSlim _sending = new(1);

        public async ValueTask SendAsync(JsonObject message, CancellationToken ct)
        {
            await _sending.WaitAsync(ct);
            try
            {
                await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, ct);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                throw new VoiceProviderException(VoiceFault.Temporary, "The connection is broken.", e);
            }
            finally
            {
                _sending.Release();
            }
        }

        public async IAsyncEnumerable<JsonElement> ReadAsync([EnumeratorCancellation] CancellationToken ct)
        {
            while (await ReceiveAsync(ct) is { } text)
            {
                JsonElement message;
                try
                {
                    using var document = StorableJson.Parse(text.Span);
                    message = document.RootElement.Clone();
                }
                catch (JsonException)
                {
                    continue;
                }

                yield return message;
            }
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1), clock);
                if (socket.State == WebSocketState.Open)
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException)
            {
                // The provider has closed the connection already.
            }

            socket.Dispose();
            _sending.Dispose();
        }

        // Null when the connection is closed or broken.
        private async Task<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken ct)
        {
            using var message = new MemoryStream();
            var buffer = new byte[16 * 1024];
            try
            {
                while (true)
                {
                    var received = await socket.ReceiveAsync(buffer.AsMemory(), ct);
                    if (received.MessageType == WebSocketMessageType.Close) return null;
                    if (message.Length + received.Count > MaxMessageBytes) return null;
                    message.Write(buffer, 0, received.Count);
                    if (received.EndOfMessage) return message.ToArray();
                }
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException
                || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return null;
            }
        }
    }
}
