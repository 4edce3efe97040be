# frozen_string_literal: true

# A Rails application's jobs, without the rest of Rails: Active Job on Sidekiq, as Debian ships them.
# REDIS_URL says where; what the jobs receive they append, as JSON, to the list "diary".

require "active_support/all"
require "global_id"
require "active_job"
require "sidekiq"

Redis.silence_deprecations = true # of redis-rb, about Sidekiq
Time.zone = "UTC"
GlobalID.app = "testproject"
ActiveJob::Base.include(Sidekiq::Worker::Options) # what Sidekiq's railtie does
ActiveJob::Base.queue_adapter = :sidekiq
ActiveJob::Base.logger = Logger.new(IO::NULL)

Sidekiq.configure_server do |config|
  config.options[:poll_interval_average] = 1 # look for due jobs at once, and every second
end

class Person
  include GlobalID::Identification

  attr_reader :id

  def initialize(id)
    @id = id
  end

  def self.find(id)
    new(id)
  end
end

# Values in a form that says of what class they were; a Hash is its pairs.
module Seen
  MOMENT = "%Y-%m-%dT%H:%M:%S.%9N"

  def self.value(value)
    case value
    when nil, true, false, Integer then value
    when String then value
    when Float then {ruby: "Float", value: value}
    when Symbol then {ruby: "Symbol", value: value}
    when Array then value.map { |item| value(item) }
    when ActiveSupport::HashWithIndifferentAccess then hash("HashWithIndifferentAccess", value)
    when Hash then hash("Hash", value)
    else object(value)
    end
  end

  def self.object(value)
    case value
    when BigDecimal then {ruby: "BigDecimal", value: value.to_s}
    when ActiveSupport::Duration
      {ruby: "ActiveSupport::Duration", value: value.value.to_s, parts: value.parts.to_h}
    when ActiveSupport::TimeWithZone
      {ruby: "ActiveSupport::TimeWithZone", value: value.iso8601(9), zone: value.time_zone.name}
    when DateTime then {ruby: "DateTime", value: value.iso8601(9)}
    when Date then {ruby: "Date", value: value.iso8601}
    when Time then {ruby: "Time", value: value.iso8601(9)}
    when Person then {ruby: "Person", gid: value.to_global_id.to_s}
    else {ruby: value.class.name, value: value.inspect}
    end
  end

  def self.hash(kind, value)
    {ruby: kind, pairs: value.map { |key, item| [value(key), value(item)] }}
  end
end

module Diary
  def self.write(**facts)
    Sidekiq.redis { |redis| redis.rpush("diary", JSON.generate(facts)) }
  end
end

class EchoJob < ActiveJob::Base
  def perform(*args, **kwargs)
    Diary.write(
      class: self.class.name, job_id: job_id, provider_job_id: provider_job_id,
      queue_name: queue_name, executions: executions, locale: locale,
      args: Seen.value(args), kwargs: Seen.value(kwargs)
    )
  end
end

class BrokenError < StandardError; end

# Fails as long as the key "broken" is there.
module Breakable
  def break_down
    raise BrokenError, "broken é世" if Sidekiq.redis { |redis| redis.get("broken") }
  end
end

class BreakableJob < EchoJob
  include Breakable

  def perform(*args)
    break_down
    super
  end
end

# Active Job's own retry, without much of a pause.
class RetriedJob < BreakableJob
  retry_on BrokenError, wait: 1.second, attempts: 10, jitter: 0
end

module Reports
  class DailyJob < EchoJob
    queue_as "python"
  end
end

class HardWorker
  include Sidekiq::Worker
  include Breakable

  def perform(*args)
    break_down
    Diary.write(class: self.class.name, jid: jid, args: Seen.value(args))
  end
end

class OnlyInRubyJob < EchoJob
end

class SlowJob < EchoJob
end
