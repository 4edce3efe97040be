# frozen_string_literal: true

# Does what a test asks for, a line of JSON each, and answers in a line of JSON:
# ["enqueue", ["EchoJob", [1, 2], {"queue": "python"}]] → {"answer": …} or {"error": "…"}.

require_relative "application"
require "sidekiq/api"
require "sidekiq/web"
require "rack/mock"

# What a Rails application would write down in code: values that JSON has not.
SAMPLES = {
  "numbers" => -> { [0, -1, 2**80, 1.5, -0.0, 1e20, 0.1] },
  "texts" => -> { ["", "é世😀", "quotes \" \\ / \n\t", "\u2028"] },
  "nothing" => -> { [nil, true, false] },
  "nested" => -> { [[1, [2, []]], {"a" => {"b" => [nil, {}]}}] },
  "symbols" => -> { [:a, {a: 1, "b" => 2}, {a: {b: :c}}] },
  "indifferent" => -> { [ActiveSupport::HashWithIndifferentAccess.new(a: 1, b: {c: 2})] },
  "times" => -> { [Time.utc(2026, 8, 22, 17, 6, 1.5r), Date.new(2026, 2, 28), Time.zone.local(2026, 1, 2)] },
  "durations" => -> { [5.minutes, 2.days + 1.5.hours] },
  "records" => -> { [Person.new("7")] }
}.freeze

module Commands
  class << self
    def enqueue(name, args, options = {})
      summary(name.constantize.set(**chosen(options)).perform_later(*args))
    end

    def enqueue_sample(name, options = {})
      values = SAMPLES.fetch(name).call
      summary(EchoJob.set(**chosen(options)).perform_later(*values)).merge(args: Seen.value(values))
    end

    def enqueue_keywords(options = {})
      summary(EchoJob.set(**chosen(options)).perform_later(1, name: "x", tags: [:a]))
    end

    def push(name, args, options = {})
      name.constantize.set(options).perform_async(*args)
    end

    def push_in(name, seconds, args, options = {})
      name.constantize.set(options).perform_in(seconds, *args)
    end

    # Everything that Sidekiq's API reads, each attribute that its Web UI shows.
    def read
      {
        stats: stats, queues: Sidekiq::Queue.all.to_h { |queue| [queue.name, jobs(queue)] },
        scheduled: entries(Sidekiq::ScheduledSet.new), retries: entries(Sidekiq::RetrySet.new),
        dead: entries(Sidekiq::DeadSet.new), processes: processes, workers: workers
      }
    end

    def retry_all(set)
      set_named(set).each(&:retry)
    end

    def kill_all
      Sidekiq::RetrySet.new.each(&:kill)
    end

    def add_all_to_queue(set)
      set_named(set).each(&:add_to_queue)
    end

    def delete_all(set)
      set_named(set).each(&:delete)
    end

    def delete_ready(queue)
      Sidekiq::Queue.new(queue).each(&:delete)
    end

    def reschedule_all(set, seconds)
      set_named(set).each { |entry| entry.reschedule(Time.now.to_f + seconds) }
    end

    def quiet_all
      Sidekiq::ProcessSet.new.map { |process| process.quiet! && process["identity"] }
    end

    def stop_all
      Sidekiq::ProcessSet.new.map { |process| process.stop! && process["identity"] }
    end

    # A page of Sidekiq's Web UI.
    def page(path)
      session = {"rack.session" => {session_id: "1"}}
      response = Rack::MockRequest.new(Sidekiq::Web).get(path, session)
      {status: response.status, text: response.body.force_encoding("UTF-8")}
    end

    private

    def chosen(options)
      options.transform_keys(&:to_sym)
    end

    def summary(job)
      {job_id: job.job_id, provider_job_id: job.provider_job_id, queue_name: job.queue_name}
    end

    def set_named(name)
      {"retry" => Sidekiq::RetrySet, "dead" => Sidekiq::DeadSet, "schedule" => Sidekiq::ScheduledSet}.fetch(name).new
    end

    def stats
      stats = Sidekiq::Stats.new
      names = %i[processed failed scheduled_size retry_size dead_size enqueued processes_size workers_size default_queue_latency]
      names.to_h { |name| [name, stats.public_send(name)] }.merge(queues: stats.queues)
    end

    def jobs(queue)
      {size: queue.size, latency: queue.latency, jobs: queue.map { |job| record(job) }}
    end

    def entries(set)
      set.map { |entry| record(entry).merge(score: entry.score, at: entry.at, is_error: entry.error?) }
    end

    def record(job)
      {
        jid: job.jid, class: job.klass, display_class: job.display_class, queue: job.queue,
        display_args: Seen.value(job.display_args), created_at: job.created_at, enqueued_at: job.enqueued_at,
        latency: job.latency, tags: job.tags, backtrace: job.error_backtrace, retry_count: job["retry_count"],
        error_class: job["error_class"], error_message: job["error_message"], retry: job["retry"],
        failed_at: job["failed_at"] && Time.at(job["failed_at"]), retried_at: job["retried_at"] && Time.at(job["retried_at"])
      }
    end

    def processes
      Sidekiq::ProcessSet.new.map do |process|
        names = %w[identity hostname pid tag concurrency queues busy beat started_at quiet rss rtt_us]
        names.to_h { |name| [name, process[name]] }.merge(labels: process.labels, is_stopping: process.stopping?)
      end
    end

    def workers
      Sidekiq::WorkSet.new.map do |process, thread, work|
        {process: process, thread: thread, queue: work["queue"], payload: work["payload"], run_at: work["run_at"]}
      end
    end
  end
end

$stdout.sync = true
$stdin.each_line do |line|
  name, arguments = JSON.parse(line)
  begin
    puts JSON.generate(answer: Commands.public_send(name, *arguments))
  rescue StandardError => error
    puts JSON.generate(error: "#{error.class}: #{error.message}\n#{error.backtrace.first(5).join("\n")}")
  end
end
